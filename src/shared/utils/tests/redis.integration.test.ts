import { afterEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../config/config.ts';
import { createGate, type Gate } from '../../tests/gate.ts';
import { until } from '../../tests/until.ts';
import { createLogger } from '../logger.ts';
import { connectedSoon, createRedis, type Redis, tenantKey, unlessAway } from '../redis.ts';

const { redis: server } = parseConfig({ ...process.env, NODE_ENV: 'test' });
let said: string[] = [];
const logger = createLogger(
  { logLevel: 'info', appName: 'test' },
  { write: (line) => said.push((JSON.parse(line) as { msg: string }).msg) },
);

let gate: Gate;
let redis: Redis;
const connectThroughGate = () => {
  redis = createRedis({ ...server, host: '127.0.0.1', port: gate.port }, logger);
};
afterEach(async () => {
  redis.disconnect();
  await gate.shut();
  said = [];
});

describe('a connection to Redis', () => {
  test('that is there at once is not worth a word', async () => {
    gate = await createGate(server);
    connectThroughGate();
    await connectedSoon(redis);
    expect(await redis.ping()).toBe('PONG');
    expect(said).toEqual([]);
  });

  test('that comes within a second of the start was never away', async () => {
    gate = await createGate(server);
    await gate.shut();
    connectThroughGate();
    const connected = connectedSoon(redis);
    await new Promise((resolve) => redis.once('error', resolve));
    await gate.open();
    await connected;
    expect(redis.status).toBe('ready');
    expect(said).toEqual([]);
  });

  test('that does not come within a second is reported once, and reported back', async () => {
    gate = await createGate(server);
    await gate.shut();
    connectThroughGate();
    await connectedSoon(redis);
    await until(() => said.length > 0);
    await gate.open();
    await until(() => redis.status === 'ready');
    expect(said).toEqual(['Redis is away; going on without it', 'Redis is back']);
  });

  test('that is lost later fails fast, answers nothing, and comes back by itself', async () => {
    gate = await createGate(server);
    connectThroughGate();
    await connectedSoon(redis);
    await gate.shut();
    await until(() => redis.status !== 'ready');
    const startedAt = performance.now();
    await expect(redis.ping()).rejects.toThrow();
    expect(await unlessAway(redis, (ready) => ready.ping())).toBeUndefined();
    expect(performance.now() - startedAt).toBeLessThan(100);
    await until(() => said.includes('Redis is away; going on without it'));
    await gate.open();
    await until(async () => (await unlessAway(redis, (ready) => ready.ping())) === 'PONG');
    expect(said).toEqual(['Redis is away; going on without it', 'Redis is back']);
  });
});

test('the keys of a tenant share a hash tag', async () => {
  gate = await createGate(server);
  connectThroughGate();
  expect(tenantKey('t', 'session', 's')).toBe('{t}:session:s');
});
