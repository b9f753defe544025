import { existsSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createBackup } from '../database/backup/create-backup.ts';
import type { Manifest } from '../database/backup/manifest.ts';
import { readBackup } from '../database/backup/read-backup.ts';
import { loadConfig } from '../shared/config/config.ts';
import { createFileStore } from '../shared/files/create-file-store.ts';
import { systemClock } from '../shared/utils/clock.ts';
import { version } from '../version.ts';
import { CommandError, misused, runCommand } from './command.ts';
import { createProgress, sizeOf } from './progress.ts';
import { listenForStop } from './stop.ts';

const HELP = `npm run backup -- --to FOLDER/|FILE [--force]
npm run backup -- --verify FILE

Writes the whole database as it is at one moment, and the files of all clinics, into one file: compressed, encrypted, with a
sum of each part, while the servers run. In a folder the file is named after the database and the time.

  --to      where to; the file is there when it is whole
  --force   replaces a file that is there
  --verify  reads a backup from its first to its last byte, and says what it holds; changes nothing, needs no database
  --help    shows this

It is encrypted under BACKUP_KEY, or under a key made from the master key where that is not set. Keep that key, and the
master keys, where the backups are not: without them nobody can read what is in it. npm run restore brings it back.
`;

const complaints = { help: HELP };

const describe = ({
  createdAt,
  version: made,
  database,
  binaryLog,
  migrations,
  tables,
  files,
}: Manifest): string => {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return [
    `of             ${createdAt}`,
    `made by        version ${made}`,
    `database       ${database.name}, ${database.engine} ${database.version}`,
    `binary log     ${binaryLog ? `${binaryLog.file}, position ${binaryLog.position}${binaryLog.gtid ? `, GTID ${binaryLog.gtid}` : ''}` : 'none'}`,
    `last migration ${migrations.at(-1)?.name ?? 'none'}`,
    `tables         ${tables.length} with ${rows} rows`,
    `files          ${files.count} with ${sizeOf(files.bytes)}`,
    '',
  ].join('\n');
};

const nameAt = (now: Date, database: string) =>
  `${database}-${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z.backup`;

/** A folder stays a folder; what ends with a slash becomes one. */
const placeOf = async (to: string, name: string): Promise<string> => {
  if (to.endsWith('/')) {
    try {
      await mkdir(to, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new CommandError(`The folder cannot be made: ${(error as Error).message}`);
    }
  }
  return existsSync(to) && statSync(to).isDirectory() ? join(to, name) : to;
};

const make = async (to: string, force: boolean) => {
  const { database: config, masterKeys, backupKey, files } = loadConfig();
  const now = systemClock.now();
  const path = await placeOf(to, nameAt(now, config.name));
  if (existsSync(path) && !force)
    throw new CommandError(`${path} is there already. Replace it with --force.`);
  const show = createProgress();
  const { manifest, bytes, sha256, why } = await createBackup(path, {
    config,
    files: createFileStore({ files }),
    keys: { backupKey, masterKeys },
    version,
    now,
    isStopping: listenForStop(),
    onProgress: (what, done, unit, isDone) => {
      show(() => `${what.padEnd(28)} ${unit === 'rows' ? done : sizeOf(done)}`, isDone);
    },
  });
  process.stdout.write(
    `${describe(manifest)}file           ${path}, ${sizeOf(bytes)}\nSHA-256        ${sha256}\n`,
  );
  if (why)
    process.stderr.write(
      `The backup has no position in the binary log (${why}): nothing that happens after it can be replayed onto it.\n`,
    );
};

const verify = async (path: string) => {
  const { masterKeys, backupKey } = loadConfig();
  const show = createProgress();
  const manifest = await readBackup(path, {
    keys: { backupKey, masterKeys },
    isStopping: listenForStop(),
    onProgress: (bytes, ofBytes) => {
      show(() => `${sizeOf(bytes)} of ${sizeOf(ofBytes)}`);
    },
  });
  process.stdout.write(`whole          ${path}\n${describe(manifest)}`);
};

void runCommand({
  help: HELP,
  options: { to: { type: 'string' }, force: { type: 'boolean' }, verify: { type: 'string' } },
  run: async ({ to, verify: path, force = false }) => {
    if ((to === undefined) === (path === undefined))
      throw misused('Say either --to or --verify.', complaints);
    await (path === undefined ? make(to ?? '', force) : verify(path));
  },
});
