import { createAuditOffice } from '../domains/audit/index.ts';
import { LocalDate } from '../shared/types/wall-clock.ts';
import { systemClock } from '../shared/utils/clock.ts';
import { brokenLine, COULD_NOT_TELL, nameOf, tenantsNamed } from './audit-trails.ts';
import { CommandError, misused, runCommand } from './command.ts';
import { withDatabase } from './with-database.ts';

const HELP = `npm run audit:archive -- --tenant SUBDOMAIN-OR-ID|--all --before YYYY-MM-DD|--older-than-years N --out FOLDER

Moves the oldest sealed batches of audit trails, all of whose rows are from before the date (UTC), into FOLDER: for each clinic a
compressed file. Rows leave the database only after the file was read again and is what the chain says; a trail that is not
whole is left alone. A run that died may be run again. Keep the files: npm run audit:verify -- --archive FILE
tells whether one is as it was. Exit code 0: all is well; 1: a trail is not whole; 2: it could not be done.
`;

const timeOf = (before: string | undefined, years: string | undefined): Date => {
  if ((before === undefined) === (years === undefined))
    throw misused('Say either --before or --older-than-years.', { help: HELP });
  if (years === undefined) {
    if (!LocalDate.safeParse(before).success)
      throw new CommandError('--before must be a date such as 2027-03-22.');
    return new Date(`${before}T00:00:00Z`);
  }
  if (!/^[1-9]\d?$/.test(years)) throw new CommandError('--older-than-years must be a number from 1 to 99.');
  const time = systemClock.now();
  time.setUTCFullYear(time.getUTCFullYear() - Number(years));
  return time;
};

void runCommand({
  help: HELP,
  options: {
    tenant: { type: 'string' },
    all: { type: 'boolean' },
    before: { type: 'string' },
    'older-than-years': { type: 'string' },
    out: { type: 'string' },
  },
  failureCode: COULD_NOT_TELL,
  run: async ({ tenant, all = false, before: date, 'older-than-years': years, out: folder }) => {
    if ((tenant === undefined) !== all) throw misused('Say either --tenant or --all.', { help: HELP });
    if (!folder) throw misused('Say with --out into which folder.', { help: HELP });
    const before = timeOf(date, years);
    await withDatabase(async (database, config) => {
      const office = createAuditOffice({ database, config, clock: systemClock });
      for (const tenantId of await tenantsNamed(database, office, tenant)) {
        const name = await nameOf(database, tenantId);
        const onProgress = (rows: number, ofRows: number) =>
          process.stderr.write(`${name}: ${rows} of ${ofRows} rows have moved\n`);
        const { fault, file, batches, rows } = await office.archive(tenantId, { before, folder, onProgress });
        if (fault) {
          process.stdout.write(brokenLine(name, fault));
          process.exitCode = 1;
        } else
          process.stdout.write(
            file
              ? `moved   ${name}: ${batches} batches, ${rows} rows into ${file}\n`
              : `nothing ${name}: no batch is old enough\n`,
          );
      }
    });
  },
});
