import { readFile } from 'node:fs/promises';
import { anchorKeysOf, createAuditOffice, readAnchor, type Verification } from '../domains/audit/index.ts';
import type { MasterKeys } from '../shared/crypto/master-keys.ts';
import { systemClock } from '../shared/utils/clock.ts';
import { brokenLine, COULD_NOT_TELL, nameOf, tenantsNamed } from './audit-trails.ts';
import { CommandError, runCommand } from './command.ts';
import { withDatabase } from './with-database.ts';

const HELP = `npm run audit:verify -- [--tenant SUBDOMAIN-OR-ID] [--anchor FILE ...] [--public-key KEY ...]
npm run audit:verify -- --archive FILE ...

Tells whether the audit trail of each clinic, or of one, is as it was written: recomputes the chain of hashes, and names
the first batch that was changed, removed or put in. With anchors also whether all before them is what it was then;
--public-key names a key of before that anchors may be signed with. With --archive whether a file of npm run
audit:archive is whole in itself, and holds what the chain in the database says; nothing else then. Exit code 0: all is well; 1: something is wrong;
2: it could not be told.
`;

const readAnchors = (files: readonly string[], masterKeys: MasterKeys, otherKeys: readonly string[]) =>
  Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, 'utf8').catch((error: unknown) => {
        throw new CommandError(`The anchor cannot be read: ${(error as Error).message}`);
      });
      return readAnchor(text, [...anchorKeysOf(masterKeys), ...otherKeys]);
    }),
  );

const print = (name: string, { fault, batches, rows, archivedBatches, unsealedRows }: Verification) => {
  const size = `${batches} batches, ${rows} rows${archivedBatches > 0 ? `, ${archivedBatches} batches in archives` : ''}, ${unsealedRows} not sealed yet`;
  process.stdout.write(fault ? brokenLine(name, fault) : `whole   ${name}: ${size}\n`);
};

const verifyArchives = async (office: ReturnType<typeof createAuditOffice>, files: readonly string[]) => {
  for (const path of files) {
    const { tenantId, fault, batches, rows } = await office.checkFile(path);
    const size = `clinic ${tenantId}, ${batches} batches, ${rows} rows`;
    process.stdout.write(fault ? brokenLine(path, fault) : `whole   ${path}: ${size}\n`);
    if (fault) process.exitCode = 1;
  }
};

void runCommand({
  help: HELP,
  options: {
    tenant: { type: 'string' },
    anchor: { type: 'string', multiple: true, default: [] },
    'public-key': { type: 'string', multiple: true, default: [] },
    archive: { type: 'string', multiple: true },
  },
  failureCode: COULD_NOT_TELL,
  run: ({ tenant, anchor, archive, 'public-key': otherKeys }) =>
    withDatabase(async (database, config) => {
      const office = createAuditOffice({ database, config, clock: systemClock });
      if (archive) {
        await verifyArchives(office, archive);
        return;
      }
      const anchors = await readAnchors(anchor, config.masterKeys, otherKeys);
      const anchored =
        tenant === undefined ? anchors.flatMap(({ heads }) => heads.map((head) => head.tenantId)) : [];
      for (const tenantId of new Set([...(await tenantsNamed(database, office, tenant)), ...anchored])) {
        const verification = await office.verify(tenantId, anchors);
        print(await nameOf(database, tenantId), verification);
        if (!verification.valid) process.exitCode = 1;
      }
    }),
});
