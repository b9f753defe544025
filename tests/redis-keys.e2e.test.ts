import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLogger } from '../src/shared/utils/logger.ts';
import { createRedis } from '../src/shared/utils/redis.ts';
import { until } from '../src/shared/tests/until.ts';
import { exampleRequest } from './support/example-request.ts';
import { aFurnishedClinic, type FurnishedClinic } from './support/furnished-clinic.ts';
import { listen } from './support/listener.ts';
import { everyRoute } from './support/route-table.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

const INSTALLATION = '{redis-keys-test}';

/** What an installation keeps that is no tenant’s, below its prefix. */
const SHARED = ['stream', 'published', 'realtime', 'rate', 'deliveries', 'logging'];

let server: TestServer;
let clinic: FurnishedClinic;
let keys: string[];
/** A clinic in which every route is called, and somebody listens. */
beforeAll(async () => {
  server = await startTestServer({ streamPrefix: INSTALLATION });
  clinic = await aFurnishedClinic(server);
  const listener = await listen(server.url, clinic.admin.token);
  for (const route of everyRoute) {
    const { method, path, body } = exampleRequest(route, clinic.ids);
    await clinic.callerOf(route).send(method, path, body);
  }
  const redis = createRedis(server.config.redis, createLogger(server.config));
  await until(() => redis.status === 'ready');
  keys = await redis.keys('*');
  redis.disconnect();
  listener.close();
});
afterAll(() => server.stop());

test('every key of Redis that has to do with a clinic begins with the id of that clinic', () => {
  const known = [
    clinic.tenantId,
    ...Object.values(clinic.ids),
    ...Object.values(clinic.people).map(({ userId }) => userId),
  ];
  const ofClinic = keys.filter((key) => known.some((id) => key.includes(id)));
  expect(ofClinic.length).toBeGreaterThan(0);
  expect(ofClinic.filter((key) => !key.startsWith(`{${clinic.tenantId}}:`))).toEqual([]);
});

test('every other key has the prefix of its installation, so that two can share a Redis', () => {
  const shared = keys.filter((key) => key.startsWith(INSTALLATION));
  expect(shared).toContain(`${INSTALLATION}:stream`);
  const kinds = shared.map((key) => key.slice(INSTALLATION.length + 1).split(/[:#]/, 1)[0] ?? '');
  expect(kinds.filter((kind) => !SHARED.includes(kind))).toEqual([]);
  expect(keys.filter((key) => !key.startsWith('{'))).toEqual([]);
});
