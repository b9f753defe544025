import { restoreBackup } from '../database/backup/restore-backup.ts';
import { createKeyring } from '../database/keyring.ts';
import { type Config, loadConfig } from '../shared/config/config.ts';
import { MasterKeyError } from '../shared/crypto/master-keys.ts';
import { createFileStore } from '../shared/files/create-file-store.ts';
import { systemClock } from '../shared/utils/clock.ts';
import { misused, runCommand } from './command.ts';
import { createProgress, sizeOf } from './progress.ts';
import { listenForStop } from './stop.ts';
import { withDatabase } from './with-database.ts';

const HELP = `npm run restore -- --from FILE [--into DATABASE]

Brings back what npm run backup has written: the database, and the files of all clinics. The backup is read as a whole before
anything is changed, and every table is read again afterwards and compared. All of it is there then, or nothing.

  --from   the backup
  --into   a database other than DB_NAME; it is made if it is not there
  --help   shows this

The database has to be empty, and no server may use it: there is no way to restore over one that holds something. Files go
where FILES_FOLDER or S3_ENDPOINT say; those that are there already, and the same, are left alone. Afterwards empty Redis, run
npm run migrate if the backup is from an older version, and start the servers.
`;

/** A backup may be restored where nobody can read the health data in it; whoever restores should know. */
const warnOfMasterKeys = (config: Config) =>
  withDatabase(async ({ system }) => {
    try {
      await createKeyring(config.masterKeys, systemClock).check(system);
    } catch (error) {
      if (!(error instanceof MasterKeyError)) throw error;
      process.stderr.write(`All is there, but health data cannot be read: ${error.message}\n`);
    }
  }, config);

void runCommand({
  help: HELP,
  options: { from: { type: 'string' }, into: { type: 'string' } },
  run: async ({ from, into }) => {
    if (from === undefined) throw misused('Say with --from which backup.', { help: HELP });
    const loaded = loadConfig();
    const config = { ...loaded, database: { ...loaded.database, name: into ?? loaded.database.name } };
    const show = createProgress();
    const { manifest, filesBrought } = await restoreBackup(from, {
      config: config.database,
      files: createFileStore(config),
      keys: config,
      isStopping: listenForStop(),
      onProgress: (stage, bytes, ofBytes) => {
        show(() => `${stage} ${sizeOf(bytes)} of ${sizeOf(ofBytes)}`, bytes === ofBytes);
      },
      onCompared: (table) => {
        show(() => `${table} is as it was`);
      },
    });
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    process.stdout.write(
      `The database ${config.database.name} is as it was at ${manifest.createdAt}: ${manifest.tables.length} tables with ${rows} rows, ` +
        `all compared. Files: ${filesBrought} were brought back, ${manifest.files.count - filesBrought} were there.\n`,
    );
    await warnOfMasterKeys(config);
  },
});
