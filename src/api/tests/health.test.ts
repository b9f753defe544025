import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { healthRouter } from '../health.ts';
import { serveFakeApi } from './fake-api.ts';

type Ping = () => Promise<unknown>;
const up: Ping = () => Promise.resolve();
const down: Ping = () => Promise.reject(new Error('connect to db-7 as root with s3cr3t'));
const silent: Ping = () => new Promise(() => undefined);

const opened: Awaited<ReturnType<typeof serveFakeApi>>[] = [];
afterEach(async () => {
  for (const api of opened.splice(0)) await api.close();
});

const serve = async (deps: { database?: Ping; redis?: Ping; nats?: Ping; isShuttingDown?: boolean } = {}) => {
  const router = healthRouter({
    pingDatabase: deps.database ?? up,
    pingRedis: deps.redis ?? up,
    pingNats: deps.nats,
    isShuttingDown: () => deps.isShuttingDown ?? false,
    version: '1.2.3',
    timeoutMs: 100,
  });
  const api = await serveFakeApi({ pages: [router] });
  opened.push(api);
  return async (path: string) => {
    const response = await fetch(api.url + path);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
};

describe('GET /health', () => {
  test('tells how the parts, the memory and the processor are', async () => {
    const { status, body } = await (await serve())('/health');
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'ok',
      uptimeSeconds: expect.any(Number),
      checks: {
        database: { status: 'up', latencyMs: expect.any(Number) },
        redis: { status: 'up', latencyMs: expect.any(Number) },
      },
      memory: {
        rssBytes: expect.any(Number),
        heapUsedBytes: expect.any(Number),
        heapTotalBytes: expect.any(Number),
      },
      cpu: { cores: expect.any(Number), loadAverage: expect.any(Array), usedSeconds: expect.any(Number) },
      version: '1.2.3',
    });
  });

  test('without Redis is degraded, and still 200', async () => {
    const { status, body } = await (await serve({ redis: down }))('/health');
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'degraded', checks: { redis: { status: 'down' } } });
  });

  test('without NATS is degraded, where NATS carries the events', async () => {
    const { status, body } = await (await serve({ nats: down }))('/health');
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'degraded', checks: { nats: { status: 'down' } } });
  });

  test('without the database is 503, and tells no one why', async () => {
    const { status, body } = await (await serve({ database: down }))('/health');
    expect(status).toBe(503);
    expect(body).toMatchObject({ status: 'unavailable', checks: { database: { status: 'down' } } });
    expect(JSON.stringify(body)).not.toMatch(/s3cr3t|db-7/);
  });

  test('waits for no part longer than the time-out, and asks a silent one only once', async () => {
    const database = jest.fn(silent);
    const get = await serve({ database });
    const startedAt = performance.now();
    const answers = await Promise.all([get('/health'), get('/health'), get('/health/ready')]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(database).toHaveBeenCalledTimes(1);
  });

  test('a ping that throws at once is a part that is down', async () => {
    const broken = () => {
      throw new Error('no connection');
    };
    expect((await (await serve({ redis: broken }))('/health')).body).toMatchObject({ status: 'degraded' });
  });
});

describe('GET /health/live', () => {
  test('is 200 while the process runs, whatever is down', async () => {
    const get = await serve({ database: down, redis: down, isShuttingDown: true });
    expect(await get('/health/live')).toEqual({ status: 200, body: { status: 'ok' } });
  });
});

describe('GET /health/ready', () => {
  test.each([
    ['everything is up', {}, 200],
    ['Redis is away', { redis: down }, 200],
    ['the database is down', { database: down }, 503],
    ['it is shutting down', { isShuttingDown: true }, 503],
  ])('when %s', async (_when, deps, status) => {
    expect((await (await serve(deps))('/health/ready')).status).toBe(status);
  });
});
