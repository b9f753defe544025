import { afterEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../config/config.ts';
import { createGate, type Gate } from '../../tests/gate.ts';
import { until } from '../../tests/until.ts';
import { createLogger } from '../logger.ts';
import { connectedSoon, createRedis, duplicateOf, type Redis } from '../redis.ts';

const config = parseConfig({ ...process.env, NODE_ENV: 'test' });
const logger = createLogger({ ...config, logLevel: 'silent' });
/** Timers of others, from before, may end meanwhile. */
const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
const ended = (connection: Redis) =>
  new Promise((resolve) => {
    connection.once('end', resolve);
  });

let gate: Gate;
afterEach(() => gate.shut());

describe('a connection to Redis that is closed leaves no timer, for which the process would wait', () => {
  test('when it has been closed before, nor does another one to the same place', async () => {
    const before = timers();
    gate = await createGate(config.redis);
    const redis = createRedis({ ...config.redis, host: '127.0.0.1', port: gate.port }, logger);
    for (const connection of [redis, duplicateOf(redis)]) {
      await connectedSoon(connection);
      const end = ended(connection);
      connection.disconnect();
      await end;
      connection.disconnect();
    }
    expect(timers()).toBeLessThanOrEqual(before);
  });

  test('when it has been lost before', async () => {
    const before = timers();
    gate = await createGate(config.redis);
    const redis = createRedis({ ...config.redis, host: '127.0.0.1', port: gate.port }, logger);
    await connectedSoon(redis);
    await gate.shut();
    await until(() => redis.status === 'reconnecting');
    redis.disconnect();
    expect(timers()).toBeLessThanOrEqual(before);
  });
});
