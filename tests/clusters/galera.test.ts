import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startGalera } from '../../scripts/clusters/galera.mjs';
import { startSentinel } from '../../scripts/clusters/redis-sentinel.mjs';
import { until } from '../../src/shared/tests/until.ts';
import { aBookableClinic } from '../support/bookable.ts';
import { expectStatus } from '../support/clinic.ts';
import { bookUntilAnswered, startClusters, timeNumber, untilAllHeard } from '../support/clusters.ts';
import { serve } from '../support/private-servers.ts';

const start = () =>
  startClusters(startGalera, startSentinel, ({ password, sentinels, name }) => ({
    password,
    sentinel: { addresses: sentinels, name, password: '' },
  }));
let clusters: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  clusters = await start();
}, 180_000);
afterAll(() => clusters.remove(), 60_000);

type Server = Awaited<ReturnType<typeof serve>>;
const serving = async (
  configs: Parameters<typeof serve>[0][],
  use: (...servers: Server[]) => Promise<void>,
) => {
  const servers = await Promise.all(configs.map((config) => serve(config)));
  try {
    await use(...servers);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
};

/** A clinic that was made at the first server, called at another one. */
const at = (server: Server, { patient, visit }: Awaited<ReturnType<typeof aBookableClinic>>) => {
  const api = server.api.with({ Authorization: `Bearer ${patient.token}` });
  return (key: string, startsAt: string) =>
    api.post('/appointments', { ...visit, startsAt }, { 'Idempotency-Key': key });
};

test('every table has a primary key, without which a node could not find the row that another one changed', async () => {
  const bare = await clusters.ask(
    0,
    `SELECT t.table_name AS name FROM information_schema.tables t
     LEFT JOIN information_schema.table_constraints c ON c.table_schema = t.table_schema
       AND c.table_name = t.table_name AND c.constraint_type = 'PRIMARY KEY'
     WHERE t.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' AND c.constraint_name IS NULL`,
  );
  expect(bare).toEqual([]);
});

/** Transactions that the cluster refused because another node had been faster. */
const conflicts = async (): Promise<number> => {
  const rows = await Promise.all(
    [0, 1].map((i) =>
      clusters.ask(
        i,
        "SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_local_cert_failures', 'wsrep_local_bf_aborts')",
      ),
    ),
  );
  return rows.flat().reduce((sum, { Value: value }) => sum + Number(value), 0);
};

describe('two servers that write to two nodes', () => {
  test('never give one time to two, keep one answer for one key, and pass on every event once', async () => {
    await serving([clusters.configOfNode(0), clusters.configOfNode(1)], async (one, other) => {
      const clinic = await aBookableClinic(one);
      await until(async () => (await at(other, clinic)('warm', timeNumber(0))).status === 201);
      const [here, there] = [at(one, clinic), at(other, clinic)];
      for (let n = 1; n <= 29; n++) {
        const startsAt = timeNumber(n);
        const racers = Array.from({ length: 8 }, (_, i) => (i % 2 ? here : there)(`${n}-${i}`, startsAt));
        const statuses = (await Promise.all(racers)).map(({ status }) => status).sort();
        expect([n, ...statuses]).toEqual([n, 201, ...Array.from({ length: 7 }, () => 409)]);
      }
      for (let n = 30; n <= 35; n++) {
        const twins = await Promise.all([here, there].map((book) => book(`same-${n}`, timeNumber(n))));
        const again = expectStatus(await here(`same-${n}`, timeNumber(n)), 201);
        for (const { status, body } of twins)
          expect([201, 409]).toContain(status === 201 && body.id !== again.body.id ? 'another' : status);
      }
      const booked = await clinic.booked();
      expect(new Set(booked.map(({ startsAt }) => startsAt)).size).toBe(36);
      expect(booked).toHaveLength(36);
      await untilAllHeard(clusters, 2, clinic.clinic.tenantId);
      // Otherwise nobody has raced, and the test shows nothing.
      expect(await conflicts()).toBeGreaterThan(0);
    });
  }, 120_000);

  test('refuse a token at once whose session ended at the other one', async () => {
    await serving([clusters.configOfNode(0), clusters.configOfNode(1)], async (one, other) => {
      const { patient } = await aBookableClinic(one);
      const elsewhere = other.api.with({ Authorization: `Bearer ${patient.token}` });
      await until(async () => (await elsewhere.get('/auth/me')).status === 200);
      expectStatus(await patient.api.post('/auth/logout'), 204);
      expect((await elsewhere.get('/auth/me')).body.code).toBe('session_revoked');
    });
  });
});

describe('a node that is killed', () => {
  test('loses no booking that was answered and doubles none; writes come back to it when it is well', async () => {
    await serving([clusters.config], async (server) => {
      const clinic = await aBookableClinic(server);
      const ids = new Set<string>();
      const killed = until(() => ids.size >= 5).then(() => clusters.database.nodes[0].kill());
      await Promise.all(
        Array.from({ length: 3 }, async (_, caller) => {
          for (let n = caller; n < 36; n += 3) ids.add(await bookUntilAnswered(clinic, n));
        }),
      );
      await killed;
      expect(new Set((await clinic.booked()).map(({ id }) => id))).toEqual(ids);
      expect(ids.size).toBe(36);
      await untilAllHeard(clusters, 1, clinic.clinic.tenantId);

      await clusters.database.nodes[0].restart();
      await until(async () => {
        await clinic.patient.api.get(clinic.slotsPath);
        const { user, database } = clusters.database;
        const [row] = await clusters.ask(
          0,
          `SELECT COUNT(*) AS own FROM information_schema.processlist WHERE user = '${user}' AND db = '${database}'`,
        );
        return Number(row?.['own']) > 0;
      });
    });
  }, 180_000);
});

describe('a primary of Redis that is killed', () => {
  test('loses no event: every one reaches each consumer once', async () => {
    await serving([clusters.config], async (server) => {
      const clinic = await aBookableClinic(server);
      const primary = await clusters.redis.primary();
      for (let n = 0; n < 12; n++) {
        await bookUntilAnswered(clinic, n);
        if (n === 3) await primary.kill();
      }
      await until(async () => (await clusters.redis.primary()).port !== primary.port);
      for (let n = 12; n < 18; n++) await bookUntilAnswered(clinic, n);
      await untilAllHeard(clusters, 0, clinic.clinic.tenantId);
      await primary.restart();
      expect(await clinic.booked()).toHaveLength(18);
    });
  }, 180_000);
});
