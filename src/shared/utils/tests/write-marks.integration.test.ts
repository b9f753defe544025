import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { testConfig } from '../../../database/tests/test-database.ts';
import { createGate, type Gate } from '../../tests/gate.ts';
import { until } from '../../tests/until.ts';
import { newId } from '../../types/id.ts';
import { createLogger } from '../logger.ts';
import { createRedis, type Redis } from '../redis.ts';
import { createWriteMarks, type WriteMarks } from '../write-marks.ts';

const MARKED_FOR_MS = 300;

let gate: Gate;
let redis: [Redis, Redis];
let here: WriteMarks;
let elsewhere: WriteMarks;

const connected = async (port: number): Promise<Redis> => {
  const config = testConfig();
  const { password } = config.redis;
  const connection = createRedis({ host: '127.0.0.1', port, password }, createLogger(config));
  await until(() => connection.status === 'ready');
  return connection;
};
beforeAll(async () => {
  gate = await createGate(testConfig().redis);
});
beforeEach(async () => {
  redis = [await connected(gate.port), await connected(testConfig().redis.port)];
  [here, elsewhere] = [createWriteMarks(redis[0], MARKED_FOR_MS), createWriteMarks(redis[1], MARKED_FOR_MS)];
});
afterEach(() => {
  for (const marks of [here, elsewhere]) marks.close();
  for (const connection of redis) connection.disconnect();
});
afterAll(() => gate.shut());

const aReader = () => ({ tenantId: newId(), sessionId: newId() });
const certain = (marks: WriteMarks) => until(() => marks.mayReadOld(aReader()));

describe('who has written', () => {
  test('may read nothing old in any process for the time, and another session may', async () => {
    await Promise.all([certain(here), certain(elsewhere)]);
    const writer = aReader();
    await here.wrote(writer);
    expect([await here.mayReadOld(writer), await elsewhere.mayReadOld(writer)]).toEqual([false, false]);
    expect(await elsewhere.mayReadOld({ ...writer, sessionId: newId() })).toBe(true);
    await until(() => elsewhere.mayReadOld(writer));
    await until(() => here.mayReadOld(writer));
  });

  test('is not known while Redis is away, nor right after it came back: nobody may read anything old', async () => {
    await certain(here);
    await gate.shut();
    await until(() => redis[0].status !== 'ready');
    expect(await here.mayReadOld(aReader())).toBe(false);
    await gate.open();
    await until(() => redis[0].status === 'ready');
    expect(await here.mayReadOld(aReader())).toBe(false);
    await certain(here);
  });
});
