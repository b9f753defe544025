import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createAnswerSeal } from '../src/database/idempotency.ts';
import { createDatabase } from '../src/database/db.ts';
import { createKeyring } from '../src/database/keyring.ts';
import { createPool } from '../src/database/pool.ts';
import { createScratchDatabase } from '../src/database/tests/scratch-database.ts';
import { migrate } from '../src/database/migration-runner.ts';
import { bin, sql } from '../src/database/sql.ts';
import { newId } from '../src/shared/types/id.ts';
import { systemClock } from '../src/shared/utils/clock.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';

const KEY = randomBytes(32).toString('base64');
const OTHER_KEY = randomBytes(32).toString('base64');
let scratch: Awaited<ReturnType<typeof createScratchDatabase>>;
let server: ServerProcess | undefined;

/** A database in which something is encrypted under {@link KEY}. */
beforeAll(async () => {
  scratch = await createScratchDatabase();
  await migrate(scratch.config);
  const database = createDatabase(createPool(scratch.config), createAnswerSeal('test'));
  const keyring = createKeyring([{ id: 'default', key: Buffer.from(KEY, 'base64') }], systemClock);
  const tenantId = newId();
  await database.system.run(sql`
    INSERT INTO tenants (tenant_id, name, subdomain, timezone, locale, settings, branding)
    VALUES (${bin(tenantId)}, 'A clinic', 'a-clinic', 'UTC', 'en', '{}', '{}')`);
  await database.transaction({ tenantId }, (tx) =>
    keyring.seal(tx, 'secret', { table: 'things', column: 'secret', id: newId() }),
  );
  await database.close();
});
afterEach(async () => {
  server?.signal('SIGKILL');
  await server?.exited;
});
afterAll(() => scratch.drop());

const start = async (settings: Record<string, string>) => {
  server = await startServerProcess({ DB_NAME: scratch.config.name, ...settings });
  return server;
};

describe('a start', () => {
  test.each<[string, Record<string, string>, string]>([
    [
      'another key than that of the database',
      { MASTER_KEY: OTHER_KEY },
      'The configured master key "default" is not',
    ],
    [
      'keys that lack it',
      { MASTER_KEYS: `2027:${OTHER_KEY}` },
      'master key "default", which is not configured',
    ],
    ['no key at all', {}, 'The configured master key "default" is not'],
  ])('with %s ends with one line that says so, and without the key', async (_what, settings, complaint) => {
    const { exited, said } = await start(settings);
    expect(await exited).toEqual({ code: 1, signal: null });
    expect(said.err.trim().split('\n')).toEqual([expect.stringContaining(complaint)]);
    expect(said.err + said.out).not.toContain(OTHER_KEY);
  });

  test('with the key among several serves', async () => {
    const { serves } = await start({ MASTER_KEYS: `2027:${OTHER_KEY}`, MASTER_KEY: KEY });
    await serves();
  });
});
