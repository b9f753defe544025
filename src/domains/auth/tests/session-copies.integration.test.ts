import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testConfig } from '../../../database/tests/test-database.ts';
import { newId } from '../../../shared/types/id.ts';
import { createLogger } from '../../../shared/utils/logger.ts';
import { createRedis, tenantKey } from '../../../shared/utils/redis.ts';
import { createSessionCopies } from '../services/session-copies.ts';

const config = testConfig();
const redis = createRedis(config.redis, createLogger(config));
const copies = createSessionCopies(redis);
beforeAll(() => new Promise((resolve) => redis.once('ready', resolve)));
afterAll(() => {
  redis.disconnect();
});

const aSession = () => ({ tenantId: newId(), sessionId: newId() });
const standing = {
  userId: newId(),
  role: 'receptionist',
  ownsEmail: true,
  emailVerified: false,
  hasSecondFactor: true,
} as const;

describe('the copy of a session', () => {
  test('is kept for a few seconds under a key of its tenant', async () => {
    const { tenantId, sessionId } = aSession();
    await copies.keep(tenantId, sessionId, standing);
    expect(await copies.read(tenantId, sessionId)).toEqual(standing);
    expect(await redis.ttl(tenantKey(tenantId, 'session', sessionId))).toBeLessThanOrEqual(5);
  });

  test('is replaced by the mark of its end, which outlives its access tokens', async () => {
    const { tenantId, sessionId } = aSession();
    await copies.keep(tenantId, sessionId, standing);
    await copies.end(tenantId, [sessionId]);
    expect(await copies.read(tenantId, sessionId)).toBe('ended');
    expect(await redis.ttl(tenantKey(tenantId, 'session', sessionId))).toBeGreaterThanOrEqual(899);
  });

  test('never replaces that mark: a process that read the session before its end comes too late', async () => {
    const { tenantId, sessionId } = aSession();
    await copies.end(tenantId, [sessionId]);
    await copies.keep(tenantId, sessionId, standing);
    expect(await copies.read(tenantId, sessionId)).toBe('ended');
  });

  test('that cannot be read is none', async () => {
    const { tenantId, sessionId } = aSession();
    for (const text of ['{', '{"role":"emperor"}']) {
      await redis.set(tenantKey(tenantId, 'session', sessionId), text, 'EX', 5);
      expect(await copies.read(tenantId, sessionId)).toBeUndefined();
    }
  });
});
