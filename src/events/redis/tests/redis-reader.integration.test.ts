import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { until } from '../../../shared/tests/until.ts';
import { createRedis } from '../../../shared/utils/redis.ts';
import { eventWorld } from '../../tests/event-world.ts';
import { redisBed } from '../../tests/redis-bed.ts';
import { createRedisReader } from '../redis-reader.ts';

let world: Awaited<ReturnType<typeof eventWorld<ReturnType<typeof redisBed>>>>;
beforeEach(async () => {
  world = await eventWorld({ bed: redisBed });
});
afterEach(() => world.end());

const names = async (): Promise<unknown[]> => {
  const redis = await world.bed.redis();
  const consumers = (await redis.xinfo('CONSUMERS', world.bed.stream, 'test')) as unknown[][];
  return consumers.map(([, name]) => name);
};

const aReader = async (deadAfterMs?: number) => {
  const { config, logger } = world;
  const commands = await world.bed.redis();
  const reader = createRedisReader({
    ...{ consumer: 'test', commands, redis: createRedis(config.redis, logger, { blocking: true }), logger },
    ...{ stream: world.bed.stream, idleMs: 20, blockMs: 10 },
    ...(deadAfterMs !== undefined && { deadAfterMs }),
  });
  await reader.connected();
  await reader.begin();
  await reader.next();
  await reader.next();
  return reader;
};

test('a reader that leaves, leaves no name behind', async () => {
  const reader = await aReader();
  expect(await names()).toHaveLength(1);
  await reader.leave();
  reader.disconnect();
  expect(await names()).toEqual([]);
});

test('the name of one that died is forgotten by the others', async () => {
  const dead = await aReader();
  dead.disconnect();
  const [nameOfDead] = await names();
  const living = await aReader(50);
  await until(async () => {
    await living.next();
    const left = await names();
    return left.length === 1 && left[0] !== nameOfDead;
  });
  living.disconnect();
});
