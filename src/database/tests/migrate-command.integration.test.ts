import { execFile } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { createScratchDatabase } from './scratch-database.ts';
import { testConfig } from './test-database.ts';

type Ended = { readonly code: number; readonly said: string; readonly complained: string };

/** `npm run migrate` against the test's server, with other settings where they are given. */
const migrate = (settings: Record<string, string>, ...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { ...process.env, NODE_ENV: 'test', NODE_OPTIONS: '', ...settings };
    const command = ['--import', 'tsx', 'src/database/migrate.ts', ...args];
    execFile(process.execPath, command, { env }, (error, said, complained) => {
      resolve({ code: error === null ? 0 : Number(error.code), said, complained });
    });
  });

const { host, port, user } = testConfig().database;

describe('npm run migrate', () => {
  test('says what it applied, then that nothing is left; --status shows each state', async () => {
    const { config, drop } = await createScratchDatabase();
    const waiting = await migrate({ DB_NAME: config.name }, '--status');
    expect([waiting.code, waiting.said]).toEqual([
      0,
      expect.stringMatching(/^pending {4}0001_ground_floor\.sql$/m),
    ]);
    const first = await migrate({ DB_NAME: config.name });
    expect([first.code, first.said]).toEqual([
      0,
      expect.stringMatching(/^applied {4}0001_ground_floor\.sql$/m),
    ]);
    const second = await migrate({ DB_NAME: config.name });
    expect([second.code, second.said]).toEqual([0, `The database ${config.name} is up to date.\n`]);
    const done = await migrate({ DB_NAME: config.name }, '--status');
    expect(done.said).toMatch(/^(applied {4}\d{4}_\w+\.sql\n)+$/);
    await drop();
  });

  test.each([
    [
      'a database that is not there',
      { DB_NAME: 'doctor_not-there' },
      new RegExp(`Cannot open the database doctor_not-there at ${host}:${port}: it does not exist`),
    ],
    [
      'a port where nothing listens',
      { DB_PORT: '1' },
      new RegExp(
        `Cannot reach the database \\S+ at ${host}:1: no server listens there\\. Start MySQL, or set DB_HOST`,
      ),
    ],
    [
      'a host name with two addresses where nothing listens',
      { DB_HOST: 'localhost', DB_PORT: '1' },
      /Cannot reach the database \S+ at localhost:1: no server listens there/,
    ],
    [
      'a host that is not known',
      { DB_HOST: 'nowhere.invalid' },
      /Cannot reach the database \S+ at nowhere\.invalid:\d+: no such host is known\. Set DB_HOST\./,
    ],
    [
      'a wrong password',
      { DB_PASSWORD: 'wrong' },
      new RegExp(`does not accept the user ${user} with this password\\. Set DB_USER and DB_PASSWORD\\.`),
    ],
    ['a setting that cannot be used', { DB_PORT: 'x' }, /DB_PORT: must be a whole number from 1 to 65535/],
  ])('exits with 1 and says what to do about %s', async (_what, settings, complaint) => {
    const { code, said, complained } = await migrate(settings);
    expect(complained).toMatch(complaint);
    expect(complained).not.toContain('    at ');
    expect([code, said]).toEqual([1, '']);
  });

  test('refuses an option that it does not know, and names those that it does', async () => {
    const { code, complained } = await migrate({}, '--undo');
    expect([code, complained]).toEqual([1, expect.stringMatching(/--undo[^]*--resume/)]);
  });
});
