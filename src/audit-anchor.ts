import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { CommandError, runCommand, tenantsNamed, withDatabase } from './audit-commands.ts';
import { anchorKeysOf, createAuditOffice } from './domains/audit/index.ts';
import { systemClock } from './shared/utils/clock.ts';

const HELP = `npm run audit:anchor -- [--out FILE] [--tenant SUBDOMAIN-OR-ID] [--public-key]

Signs the last batch of each clinic's audit trail (Ed25519) and writes that to FILE, or prints it. Keep the file where
nobody who can write into the database can: npm run audit:verify -- --anchor FILE then tells whether anything
before it was made anew. --public-key prints the key with which anchors are signed, and does nothing else.
`;

const readOptions = () => {
  try {
    return parseArgs({
      options: {
        out: { type: 'string' },
        tenant: { type: 'string' },
        'public-key': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${HELP}`);
  }
};

const write = async (out: string, text: string) => {
  try {
    await writeFile(out, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new CommandError(`The anchor cannot be written: ${(error as Error).message}`);
  }
};

await runCommand(async () => {
  const { out, tenant, 'public-key': publicKey, help } = readOptions();
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  await withDatabase(async (database, config) => {
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
  });
});
