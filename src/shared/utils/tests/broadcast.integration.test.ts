import { afterEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { parseConfig } from '../../config/config.ts';
import { type Broadcast, createBroadcast } from '../broadcast.ts';
import { until } from '../../tests/until.ts';
import { createLogger } from '../logger.ts';
import { createRedis, type Redis } from '../redis.ts';

const config = parseConfig({ LOG_LEVEL: 'silent', ...process.env, NODE_ENV: 'test' });
const logger = createLogger(config);
const open: { redis: Redis; broadcast: Broadcast }[] = [];

const aProcess = ({ port = config.redis.port, prefix = '{test}' } = {}) => {
  const redis = createRedis({ ...config.redis, port }, logger);
  const broadcast = createBroadcast(redis, prefix);
  open.push({ redis, broadcast });
  return { redis, broadcast };
};

afterEach(() => {
  for (const { redis, broadcast } of open.splice(0)) {
    broadcast.close();
    redis.disconnect();
  }
});

const channel = { name: `test:${String(process.pid)}`, message: z.object({ n: z.int() }) };

/** Sends until somebody hears: a listener may still be on its way to Redis. */
const untilHeard = async (send: () => Promise<unknown>, heard: readonly unknown[]) => {
  for (let tried = 0; tried < 100 && heard.length === 0; tried++) {
    await send();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe('a broadcast', () => {
  test('reaches the other processes, and the one that sends', async () => {
    const [here, there] = [aProcess(), aProcess()];
    const [heardHere, heardThere]: [number[], number[]] = [[], []];
    here.broadcast.listen(channel, ({ n }) => heardHere.push(n));
    there.broadcast.listen(channel, ({ n }) => heardThere.push(n));
    await untilHeard(() => here.broadcast.send(channel, { n: 7 }), heardThere);
    expect(heardThere).toContain(7);
    expect(heardHere).toContain(7);
  });

  test('is not heard by another installation on the same Redis', async () => {
    const [ours, theirs] = [aProcess(), aProcess({ prefix: '{other}' })];
    const [heardHere, heardThere]: [number[], number[]] = [[], []];
    ours.broadcast.listen(channel, ({ n }) => heardHere.push(n));
    theirs.broadcast.listen(channel, ({ n }) => heardThere.push(n));
    await untilHeard(() => ours.broadcast.send(channel, { n: 1 }), heardHere);
    await untilHeard(() => theirs.broadcast.send(channel, { n: 2 }), heardThere);
    await ours.broadcast.send(channel, { n: 3 });
    await until(() => heardHere.includes(3));
    expect([new Set(heardHere), new Set(heardThere)]).toEqual([new Set([1, 3]), new Set([2])]);
  });

  test('leaves out what is no message of the channel', async () => {
    const { redis, broadcast } = aProcess();
    const heard: number[] = [];
    broadcast.listen(channel, ({ n }) => heard.push(n));
    await untilHeard(async () => {
      if (redis.status !== 'ready') return;
      for (const text of ['{', 'null', '{"n":"x"}', '{"n":1}'])
        await redis.publish(`{test}:${channel.name}`, text);
    }, heard);
    expect(new Set(heard)).toEqual(new Set([1]));
  });

  test('is heard again after the listening connection was lost', async () => {
    const [here, there] = [aProcess(), aProcess()];
    const heard: number[] = [];
    there.broadcast.listen(channel, ({ n }) => heard.push(n));
    await untilHeard(() => here.broadcast.send(channel, { n: 1 }), heard);
    await here.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    heard.length = 0;
    await untilHeard(() => here.broadcast.send(channel, { n: 2 }), heard);
    expect(heard).toContain(2);
  });

  test('is silent, and fails nobody, while Redis is away', async () => {
    const { broadcast } = aProcess({ port: 1 });
    broadcast.listen(channel, () => undefined);
    await expect(broadcast.send(channel, { n: 1 })).resolves.toBeUndefined();
  });
});
