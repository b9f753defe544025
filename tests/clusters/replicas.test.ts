import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { tell } from '../../scripts/clusters/sql.mjs';
import { startDatabase, startRedis } from '../../scripts/servers/index.mjs';
import { findDatabaseProgram } from '../../scripts/servers/programs.mjs';
import { testConfig } from '../../src/database/tests/test-database.ts';
import { migrate } from '../../src/database/migration-runner.ts';
import type { Config } from '../../src/shared/config/config.ts';
import { until } from '../../src/shared/tests/until.ts';
import type { Api } from '../support/api.ts';
import { aBookableClinic, type Bookable } from '../support/bookable.ts';
import { expectStatus } from '../support/clinic.ts';
import { timeNumber } from '../support/clusters.ts';
import { serve } from '../support/private-servers.ts';

const DATABASE = 'doctor_replicas';
/** The replica repeats everything so late, and is in use all the same. */
const DELAY_SECONDS = 2;
const MAX_LAG_MS = 4_000;

type Server = Awaited<ReturnType<typeof serve>>;
let primary: Awaited<ReturnType<typeof startDatabase>>;
let replica: Awaited<ReturnType<typeof startDatabase>>;
let redis: Awaited<ReturnType<typeof startRedis>>;
let folder: string;
let servers: [Server, Server];
let here: Bookable;

const admin = (server: typeof primary) => ({ host: server.host, port: server.port, ...server.admin });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'replicas-'));
  const program = findDatabaseProgram({ engine: 'mariadb' });
  if (!program) throw new Error('There is no MariaDB here.');
  const start = (name: string, options: string[]) =>
    startDatabase({
      folder: join(folder, name),
      program,
      fast: true,
      templates: join('.data', 'templates'),
      databases: [DATABASE],
      password: 'of-the-test',
      options,
    });
  primary = await start('primary', ['--server-id=1', '--log-bin=binary', '--binlog-format=ROW']);
  replica = await start('replica', ['--server-id=2', '--read-only=ON']);
  redis = await startRedis({ folder: join(folder, 'redis') });
  await tell(
    admin(replica),
    `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${primary.port}, MASTER_USER = 'root',
       MASTER_PASSWORD = '${primary.admin.password}', MASTER_USE_GTID = slave_pos, MASTER_DELAY = ${DELAY_SECONDS}`,
    'START SLAVE',
  );
  const base = testConfig();
  const { host, port, user, password } = primary;
  const config: Config = {
    ...base,
    database: {
      ...base.database,
      ...{ host, port, user, password, name: DATABASE },
      replicaAddresses: [{ host: replica.host, port: replica.port }],
      replicaMaxLagMs: MAX_LAG_MS,
    },
    redis: { host: redis.host, port: redis.port, password: redis.password },
    streamPrefix: '{replicas}',
  };
  await migrate(config.database);
  servers = [await serve(config), await serve(config)];
  here = await aBookableClinic(servers[0]);
}, 120_000);
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await Promise.all([primary.kill(), replica.kill(), redis.kill()]);
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** Whether the time is offered to somebody, at one of the servers. */
const isOffered = async (api: Api, n: number): Promise<boolean> => {
  const { body } = expectStatus(await api.get(here.slotsPath), 200);
  return body.data.some(({ startsAt }: { startsAt: string }) => startsAt === timeNumber(n));
};
/** As long as somebody may have written who is not known of, and while the replica is not there, the primary answers. */
const untilReplicaAnswers = (ask: () => Promise<unknown>) =>
  until(async () => {
    const asked = async () =>
      Number((await tell(admin(replica), "SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'"))[0]?.['Value']);
    const before = await asked();
    for (let i = 0; i < 10; i++) await ask();
    // Besides, each server looks how far behind it is.
    return (await asked()) - before > 10;
  });
const at = (server: Server, token: string) => server.api.with({ Authorization: `Bearer ${token}` });

test('who has booked is never offered that time again; who has not reads from the replica', async () => {
  const stranger = await here.clinic.patient();
  const reader = at(servers[0], stranger.token);
  await untilReplicaAnswers(() => isOffered(reader, 0));
  expectStatus(await here.book('first', timeNumber(0)), 201);
  const writers = servers.map((server) => at(server, here.patient.token));
  expect(await isOffered(reader, 0)).toBe(true);
  const bookedAt = performance.now();
  let strangerHeard: number | undefined;
  await until(async () => {
    for (const writer of writers) expect(await isOffered(writer, 0)).toBe(false);
    if (!(await isOffered(reader, 0))) strangerHeard ??= performance.now() - bookedAt;
    return performance.now() - bookedAt > MAX_LAG_MS + 4_000;
  });
  expect(strangerHeard).toBeGreaterThan(500);
  expect(strangerHeard).toBeLessThan(MAX_LAG_MS + 2_000);
}, 120_000);

test('a replica that stands still is left out: everybody reads what is so', async () => {
  const stranger = at(servers[1], (await here.clinic.patient()).token);
  await tell(admin(replica), 'STOP SLAVE');
  expectStatus(await here.book('second', timeNumber(1)), 201);
  expect(await isOffered(at(servers[1], here.patient.token), 1)).toBe(false);
  await until(async () => !(await isOffered(stranger, 1)), MAX_LAG_MS + 10_000);
  await tell(admin(replica), 'START SLAVE');
  await untilReplicaAnswers(() => isOffered(stranger, 3));
}, 120_000);

test('while Redis is away nobody knows who has written, and everybody reads from the primary', async () => {
  const stranger = at(servers[1], (await here.clinic.patient()).token);
  await redis.stop();
  expectStatus(await here.book('third', timeNumber(2)), 201);
  expect(await isOffered(stranger, 2)).toBe(false);
  expect(await isOffered(at(servers[1], here.patient.token), 2)).toBe(false);
  await redis.restart();
}, 120_000);

test('a replica that is killed is missed by nobody', async () => {
  const stranger = at(servers[0], (await here.clinic.patient()).token);
  await untilReplicaAnswers(() => isOffered(stranger, 3));
  await replica.kill();
  for (let i = 0; i < 10; i++) expect(await isOffered(stranger, 3)).toBe(true);
  expectStatus(await here.book('fourth', timeNumber(3)), 201);
  expect(await isOffered(at(servers[1], here.patient.token), 3)).toBe(false);
}, 120_000);
