import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseCluster } from '../../scripts/clusters/galera.mjs';
import { tell } from '../../scripts/clusters/sql.mjs';
import { testConfig } from '../../src/database/tests/test-database.ts';
import { migrate } from '../../src/database/migration-runner.ts';
import { bin } from '../../src/database/sql.ts';
import type { Config } from '../../src/shared/config/config.ts';
import { until } from '../../src/shared/tests/until.ts';
import type { Bookable } from './bookable.ts';
import { MONDAY_9 } from './bookable.ts';

export const CLUSTER_DATABASE = 'doctor_clusters';

type RedisServers = { kill(): Promise<void> };

/** A database cluster and a Redis of several servers, for one test file, which may kill what it likes. */
export const startClusters = async <Redis extends RedisServers>(
  startDatabases: (options: { folder: string; database: string }) => Promise<DatabaseCluster>,
  startRedisServers: (options: { folder: string }) => Promise<Redis>,
  settingsOf: (redis: Redis) => Partial<Config['redis']> & { password: string },
) => {
  const folder = mkdtempSync(join(tmpdir(), 'clusters-'));
  const database = await startDatabases({ folder: join(folder, 'database'), database: CLUSTER_DATABASE });
  const redis = await startRedisServers({ folder: join(folder, 'redis') });
  const base = testConfig();
  const [first, ...others] = database.nodes.map(({ host, port }) => ({ host, port }));
  const { user, password } = database;
  const login = { user, password, name: CLUSTER_DATABASE, acquireTimeoutMs: 3_000 };
  const config: Config = {
    ...base,
    database: { ...base.database, ...first, otherAddresses: others, ...login },
    redis: { ...base.redis, ...settingsOf(redis) },
    streamPrefix: '{clusters}',
  };
  await migrate(config.database);
  return {
    database,
    redis,
    config,
    /** The same installation, that knows one node of the database only. */
    configOfNode: (i: number): Config => ({
      ...config,
      database: { ...config.database, ...database.nodes[i], otherAddresses: [] },
    }),
    /** What a node itself says. */
    ask: (i: number, statement: string) =>
      tell(
        {
          host: '127.0.0.1',
          port: database.nodes[i]?.port ?? 0,
          ...database.admin,
          database: CLUSTER_DATABASE,
        } as never,
        statement,
      ),
    remove: async () => {
      await Promise.all([database.kill(), redis.kill()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
export type Clusters = Awaited<ReturnType<typeof startClusters>>;

const HALF_HOUR_MS = 30 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
const PER_MORNING = 6;

/** The times of a bookable clinic's doctor, one after the other: six each morning. */
export const timeNumber = (n: number): string => {
  const [day, half] = [Math.floor(n / PER_MORNING), n % PER_MORNING];
  return new Date(Date.parse(MONDAY_9) + day * DAY_MS + half * HALF_HOUR_MS).toISOString();
};

/** Books, and repeats with the same key until it is told what became of it; answers the id of the appointment. */
export const bookUntilAnswered = async ({ book }: Pick<Bookable, 'book'>, n: number): Promise<string> => {
  for (;;) {
    const { status, body } = await book(`key-${n}`, timeNumber(n));
    if (status === 201) return (body as { id: string }).id;
    if (status !== 503 && body.code !== 'idempotency_in_progress')
      throw new Error(`Booking ${n} was answered ${status}: ${JSON.stringify(body)}`);
    await sleep(100);
  }
};

/** Every event of the clinic went through the relay, without a gap, and a consumer has taken up each booking. */
export const untilAllHeard = (clusters: Pick<Clusters, 'ask'>, node: number, tenantId: string) =>
  until(async () => {
    const tenant = `x'${bin(tenantId).toString('hex')}'`;
    const [row] = await clusters.ask(
      node,
      `SELECT COUNT(*) AS events, COUNT(published_at) AS published, COALESCE(MAX(sequence), 0) AS last,
         COUNT(DISTINCT sequence) AS numbers, COUNT(CASE WHEN type = 'appointment.booked' THEN 1 END) AS bookings,
         (SELECT COUNT(*) FROM inbox i JOIN outbox o ON o.tenant_id = i.tenant_id AND o.id = i.event_id
           WHERE i.tenant_id = ${tenant} AND i.consumer = 'analytics' AND o.type = 'appointment.booked') AS heard
       FROM outbox WHERE tenant_id = ${tenant}`,
    );
    const { events, published, last, numbers, bookings, heard } = row as Record<string, number>;
    return events === published && events === Number(last) && events === numbers && bookings === heard && row;
  }, 90_000);
