import { writeFile } from 'node:fs/promises';
import { anchorKeysOf, createAuditOffice } from '../domains/audit/index.ts';
import { systemClock } from '../shared/utils/clock.ts';
import { COULD_NOT_TELL, tenantsNamed } from './audit-trails.ts';
import { CommandError, runCommand } from './command.ts';
import { withDatabase } from './with-database.ts';

const HELP = `npm run audit:anchor -- [--out FILE] [--tenant SUBDOMAIN-OR-ID] [--public-key]

Signs the last batch of each clinic's audit trail (Ed25519) and writes that to FILE, or prints it. Keep the file where
nobody who can write into the database can: npm run audit:verify -- --anchor FILE then tells whether anything
before it was made anew. --public-key prints the key with which anchors are signed, and does nothing else.
`;

const write = async (out: string, text: string) => {
  try {
    await writeFile(out, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new CommandError(`The anchor cannot be written: ${(error as Error).message}`);
  }
};

void runCommand({
  help: HELP,
  options: { out: { type: 'string' }, tenant: { type: 'string' }, 'public-key': { type: 'boolean' } },
  failureCode: COULD_NOT_TELL,
  run: ({ out, tenant, 'public-key': publicKey }) =>
    withDatabase(async (database, config) => {
      if (publicKey) {
        process.stdout.write(`${anchorKeysOf(config.masterKeys)[0]}\n`);
        return;
      }
      const office = createAuditOffice({ database, config, clock: systemClock });
      const anchor = await office.anchor(await tenantsNamed(database, office, tenant));
      const text = `${JSON.stringify(anchor, null, 2)}\n`;
      if (out === undefined) process.stdout.write(text);
      else {
        await write(out, text);
        process.stdout.write(`${anchor.heads.length} clinics are anchored in ${out}\n`);
      }
    }),
});
