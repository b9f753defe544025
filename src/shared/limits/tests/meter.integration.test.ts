import { afterEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../config/config.ts';
import { createGate } from '../../tests/gate.ts';
import { until } from '../../tests/until.ts';
import { newId } from '../../types/id.ts';
import { createLogger } from '../../utils/logger.ts';
import { createRedis, type Redis } from '../../utils/redis.ts';
import { createMeter, type Reading } from '../meter.ts';
import { createSettlement } from '../settlement.ts';

const config = parseConfig({ LOG_LEVEL: 'silent', ...process.env, NODE_ENV: 'test' });
const logger = createLogger(config);
const open: Redis[] = [];
afterEach(() => {
  for (const redis of open.splice(0)) redis.disconnect();
});

const WINDOW_MS = 60_000;
const time = { now: Date.parse('2027-03-15T08:00:20Z') };
const clock = { now: () => new Date(time.now) };

/** A meter as a process of its own has it. */
const aProcess = async (limit: number, { isExact = false, redisAt = config.redis } = {}) => {
  const redis = createRedis(redisAt, logger);
  open.push(redis);
  await until(() => redis.status === 'ready');
  const quota = { limit, windowMs: WINDOW_MS };
  const meter = createMeter({ quota, clock, isExact, settlement: createSettlement(redis) });
  return { redis, take: async (who: string): Promise<Reading> => meter.take(who, `{test}:${who}`) };
};

const takeAll = async (take: (who: string) => Promise<Reading>, who: string, times: number) => {
  const readings = await Promise.all(Array.from({ length: times }, () => take(who)));
  return readings.filter(({ isAdmitted }) => isAdmitted).length;
};

describe('one process', () => {
  test('admits exactly the limit in a window, tells what is left, and begins anew in the next', async () => {
    const { take } = await aProcess(3);
    const who = newId();
    const told = [await take(who), await take(who), await take(who), await take(who)];
    expect(told.map(({ isAdmitted, remaining }) => [isAdmitted, remaining])).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
      [false, 0],
    ]);
    expect(told[3]?.resetSeconds).toBe(40);
    expect(await take(newId())).toMatchObject({ isAdmitted: true, remaining: 2 });
    time.now += WINDOW_MS;
    expect(await take(who)).toMatchObject({ isAdmitted: true, remaining: 2 });
  });
});

describe('two processes', () => {
  test('hear of each other within a moment, and together admit little more than the limit', async () => {
    const [here, there] = [await aProcess(100), await aProcess(100)];
    const who = newId();
    expect(await takeAll(here.take, who, 100)).toBe(100);
    await until(
      async () => (await here.redis.get(`{test}:${who}:${Math.floor(time.now / WINDOW_MS)}`)) === '100',
    );
    let admitted = 0;
    await until(async () => {
      const { isAdmitted } = await there.take(who);
      if (isAdmitted) admitted += 1;
      return !isAdmitted;
    });
    expect(admitted).toBeLessThan(100);
  });

  test('admit exactly the limit together where that is asked for, also at the same moment', async () => {
    const [here, there] = [await aProcess(10, { isExact: true }), await aProcess(10, { isExact: true })];
    const who = newId();
    expect(await takeAll(here.take, who, 4)).toBe(4);
    expect(await takeAll(there.take, who, 4)).toBe(4);
    const both = await Promise.all([takeAll(here.take, who, 5), takeAll(there.take, who, 5)]);
    expect(both[0] + both[1]).toBeLessThanOrEqual(2);
    expect(await takeAll(here.take, who, 5)).toBe(0);
  });

  test('leave keys that end by themselves', async () => {
    const { take, redis } = await aProcess(10, { isExact: true });
    const who = newId();
    await takeAll(take, who, 3);
    const left = await redis.pttl(`{test}:${who}:${Math.floor(time.now / WINDOW_MS)}`);
    expect(left).toBeGreaterThan(WINDOW_MS);
    expect(left).toBeLessThanOrEqual(2 * WINDOW_MS);
  });
});

describe('without Redis', () => {
  test('each process keeps the limit by itself, and nobody waits', async () => {
    const gate = await createGate(config.redis);
    const redisAt = { ...config.redis, host: '127.0.0.1', port: gate.port };
    const { take } = await aProcess(5, { isExact: true, redisAt });
    await gate.shut();
    expect(await takeAll(take, newId(), 9)).toBe(5);
  });

  test('that does not answer costs the first request a moment, and the others nothing', async () => {
    const { take, redis } = await aProcess(50, { isExact: true });
    redis.eval = () => new Promise<never>(() => undefined);
    const who = newId();
    await take(who);
    const startedAt = performance.now();
    for (let n = 0; n < 49; n++) expect(await take(who)).toMatchObject({ isAdmitted: true });
    expect(performance.now() - startedAt).toBeLessThan(1_000); // One after the other, each waiting 50 ms, they would take 2450.
    expect(await take(who)).toMatchObject({ isAdmitted: false });
  });

  test('that was emptied does not make a process forget', async () => {
    const { take, redis } = await aProcess(5, { isExact: true });
    const who = newId();
    expect(await takeAll(take, who, 4)).toBe(4);
    await redis.del(`{test}:${who}:${Math.floor(time.now / WINDOW_MS)}`);
    expect(await takeAll(take, who, 4)).toBe(1);
  });
});
