import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { planMigrations, planText } from '../migration-plan.ts';
import { migrate, migrationStatus } from '../migration-runner.ts';
import { connectionOptions } from '../connection-options.ts';
import { createScratchDatabase, type ScratchDatabase } from './scratch-database.ts';

let database: ScratchDatabase;
let path: string;
let folder: URL;
beforeEach(async () => {
  database = await createScratchDatabase();
  path = await mkdtemp(join(tmpdir(), 'migrations-'));
  folder = pathToFileURL(`${path}/`);
});
afterEach(async () => {
  await database.drop();
  await rm(path, { recursive: true });
});

const write = (name: string, text: string) => writeFile(join(path, name), text);
const run = (more: object = {}) => migrate(database.config, { folder, ...more });
const states = async () =>
  (await migrationStatus(database.config, folder)).map(({ name, state }) => `${name} ${state}`);

const query = async (statement: string) => {
  const connection = await createConnection({
    ...connectionOptions(database.config),
    database: database.config.name,
  });
  try {
    return (await connection.query<RowDataPacket[]>(statement))[0];
  } finally {
    await connection.end();
  }
};
const tables = async () => {
  const found = await query(`
    SELECT table_name AS name FROM information_schema.tables WHERE table_schema = database() ORDER BY table_name`);
  return found.map(({ name }) => name as string).filter((name) => name !== 'schema_migrations');
};

describe('migrations', () => {
  test('bring an empty database up to date, in the order of their names, and once', async () => {
    await write('0002_later.sql', 'ALTER TABLE visits ADD COLUMN b INT;');
    await write('0001_first.sql', 'CREATE TABLE visits (a INT);');
    await write('notes.txt', 'no migration');
    expect(await run()).toEqual(['0001_first.sql', '0002_later.sql']);
    expect(await run()).toEqual([]);
    await write('0003_last.sql', 'DROP TABLE visits;');
    expect(await run()).toEqual(['0003_last.sql']);
    expect(await tables()).toEqual([]);
  });

  test('the ones of the product work on an empty database', async () => {
    expect(await migrate(database.config)).not.toEqual([]);
    expect(await tables()).toContain('appointments');
  });

  test('are applied once by two that start at the same time', async () => {
    await write('0001_first.sql', 'CREATE TABLE a (n INT);\nINSERT INTO a VALUES (1);\nDO SLEEP(0.1);');
    const applied = await Promise.all([run(), run()]);
    expect(applied.flat()).toEqual(['0001_first.sql']);
    expect(await query('SELECT n FROM a')).toHaveLength(1);
  });

  test('run in UTC and with strict types, whatever the server is set to', async () => {
    await write(
      '0001_first.sql',
      "CREATE TABLE a (zone VARCHAR(10), mode TEXT);\nINSERT INTO a VALUES (@@time_zone, @@sql_mode);\nINSERT INTO a VALUES ('much too long for it', '');",
    );
    await expect(run()).rejects.toThrow('statement 3 of 3: Data too long');
    const [row] = await query('SELECT zone, mode FROM a');
    expect(row).toEqual({
      zone: '+00:00',
      mode: expect.stringContaining('STRICT_TRANS_TABLES') as unknown,
    });
  });

  test('a second one gives up when the first holds the lock for too long', async () => {
    const holder = await createConnection(connectionOptions(database.config));
    await holder.query('SELECT GET_LOCK(?, 0)', [`migrate:${database.config.name}`.slice(0, 64)]);
    await expect(run({ lockSeconds: 0 })).rejects.toThrow(
      `Another migration of ${database.config.name} has been running for 0 seconds. Try again when it has ended.`,
    );
    await holder.end();
    expect(await run()).toEqual([]);
  });
});

describe('a migration file', () => {
  beforeEach(async () => {
    await write('0001_first.sql', 'CREATE TABLE a (n INT);');
    await run();
  });

  test('that was changed after it was applied stops everything', async () => {
    await write('0001_first.sql', 'CREATE TABLE a (n BIGINT);');
    await write('0002_later.sql', 'CREATE TABLE b (n INT);');
    await expect(run()).rejects.toThrow(
      '0001_first.sql has been changed after it was applied. Put the file back, and make the change in a new migration.',
    );
    expect(await tables()).toEqual(['a']);
    expect(await states()).toEqual(['0001_first.sql changed', '0002_later.sql pending']);
  });

  test('that is gone stops everything', async () => {
    await rm(join(path, '0001_first.sql'));
    await write('0002_later.sql', 'CREATE TABLE b (n INT);');
    await expect(run()).rejects.toThrow('0001_first.sql was applied to this database, but its file is gone.');
    expect(await tables()).toEqual(['a']);
    expect(await states()).toEqual(['0002_later.sql pending', '0001_first.sql missing']);
  });
});

describe('a migration that fails half-way', () => {
  const broken = 'CREATE TABLE a (n INT);\nALTER TABLE nowhere ADD COLUMN n INT;\nCREATE TABLE c (n INT);\n';
  beforeEach(() => write('0001_first.sql', broken));

  test('names the statement, and runs nothing after it', async () => {
    await write('0002_later.sql', 'CREATE TABLE b (n INT);');
    await expect(run()).rejects.toThrow(
      /^0001_first\.sql, statement 2 of 3: .*nowhere.*\nALTER TABLE nowhere ADD COLUMN n INT\nNothing after it has run\.$/,
    );
    expect(await tables()).toEqual(['a']);
  });

  test('is explained by the next run, which changes nothing', async () => {
    await run().catch(() => undefined);
    const before = await query('SELECT * FROM schema_migrations');
    const explained = run();
    await expect(explained).rejects.toThrow(
      /stopped half-way: 1 of its statements have run, then:\n.*nowhere/,
    );
    await expect(explained).rejects.toThrow('npm run migrate -- --resume');
    expect(await query('SELECT * FROM schema_migrations')).toEqual(before);
    expect(await tables()).toEqual(['a']);
    expect(await states()).toEqual(['0001_first.sql unfinished']);
  });

  test('goes on with the failed statement when it is told to resume, also with a corrected file', async () => {
    await run().catch(() => undefined);
    await expect(run({ resume: true })).rejects.toThrow('statement 2 of 3');
    await write('0001_first.sql', broken.replace('nowhere', 'a').replace('ADD COLUMN n', 'ADD COLUMN m'));
    expect(await run({ resume: true })).toEqual(['0001_first.sql']);
    expect(await tables()).toEqual(['a', 'c']);
    expect(await states()).toEqual(['0001_first.sql applied']);
    expect(await run()).toEqual([]);
  });
});

describe('a migration whose connection is lost', () => {
  test('names the statement as well; resuming goes on with it', async () => {
    await write('0001_first.sql', 'CREATE TABLE a (n INT);\nKILL CONNECTION connection_id();\nDROP TABLE a;');
    await expect(run()).rejects.toThrow(/^0001_first\.sql, statement 2 of 3: /);
    await expect(run()).rejects.toThrow('stopped half-way: 1 of its statements have run');
    await write('0001_first.sql', 'CREATE TABLE a (n INT);\nDO 1;\nDROP TABLE a;');
    expect(await run({ resume: true })).toEqual(['0001_first.sql']);
    expect(await tables()).toEqual([]);
  });
});

describe('the status', () => {
  test('of a database that was never migrated is that all wait, and asking makes no table', async () => {
    await write('0001_first.sql', 'CREATE TABLE a (n INT);');
    expect(await states()).toEqual(['0001_first.sql pending']);
    expect(await query("SHOW TABLES LIKE 'schema%'")).toEqual([]);
  });

  test('is told while another migration runs', async () => {
    const holder = await createConnection(connectionOptions(database.config));
    await holder.query('SELECT GET_LOCK(?, 0)', [`migrate:${database.config.name}`.slice(0, 64)]);
    expect(await states()).toEqual([]);
    await holder.end();
  });
});

describe('a plan', () => {
  const planned = async () => planText(await planMigrations(database.config, folder));

  test('shows each statement that would run, whether people can work meanwhile, and the rows; it changes nothing', async () => {
    await write('0001_first.sql', 'CREATE TABLE visits (a INT);');
    expect(await planned()).toMatch(/CREATE TABLE visits[^]*touches nothing that is there/);
    expect(await tables()).toEqual([]);
    await run();
    await query('INSERT INTO visits VALUES (1), (2), (3)');
    await query('ANALYZE TABLE visits');
    await write(
      '0002_later.sql',
      `ALTER TABLE visits ADD COLUMN b INT NULL, ALGORITHM=INPLACE, LOCK=NONE;
-- blocking: nobody visits at this hour of the day
ALTER TABLE visits MODIFY COLUMN b BIGINT NULL;
UPDATE visits SET b = a;
ALTER TABLE visits ADD COLUMN c INT NULL, ALGORITHM=INSTANT;`,
    );
    const text = await planned();
    expect(text).toMatch(/1\. ALTER TABLE visits ADD COLUMN b .*\n +online\n +visits: about 3 rows/);
    expect(text).toMatch(
      /2\. .*\n +blocks, and says why it may: nobody visits at this hour of the day\n +- it changes/,
    );
    expect(text).toMatch(/3\. UPDATE visits SET b = a\n +BLOCKS\n +- it goes over all rows/);
    expect(text).toMatch(
      /Migrations that wait: 1\. Their statements: 4, of which 2 let others wait\. Nothing was changed\./,
    );
    expect(await states()).toEqual(['0001_first.sql applied', '0002_later.sql pending']);
    await run();
    expect(await planMigrations(database.config, folder)).toEqual([]);
  });
});
