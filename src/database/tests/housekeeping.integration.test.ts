import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '../../shared/types/id.ts';
import type { Database } from '../db.ts';
import { outboxChore } from '../housekeeping.ts';
import { bin, sql } from '../sql.ts';
import { testDatabase } from './test-database.ts';

let database: Database;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ database, close } = await testDatabase());
});
afterAll(() => close());

const tenantId = newId();

/** An event that happened, and perhaps was published, so many days ago. */
const anEvent = async (type: string, occurredDaysAgo: number, publishedDaysAgo: number | null) => {
  await database.system.run(sql`
    INSERT INTO outbox (tenant_id, id, type, payload, request_id, occurred_at, published_at)
    VALUES (${bin(tenantId)}, ${bin(newId())}, ${type}, '{}', 'test',
      UTC_TIMESTAMP() - INTERVAL ${occurredDaysAgo} DAY, UTC_TIMESTAMP() - INTERVAL ${publishedDaysAgo} DAY)`);
};

test('events leave the outbox a while after they were published, and never before', async () => {
  await anEvent('test.long_published', 30, 8);
  await anEvent('test.just_published', 30, 6);
  await anEvent('test.unpublished', 30, null);
  await database.system.run(outboxChore(7).forget);
  const left = await database.read(tenantId).many<{ type: string }>(sql`
    SELECT type FROM outbox WHERE tenant_id = ${bin(tenantId)} ORDER BY type`);
  expect(left.map(({ type }) => type)).toEqual(['test.just_published', 'test.unpublished']);
});
