import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bin, sql } from '../../database/sql.ts';
import { until } from '../../shared/tests/until.ts';
import { newId } from '../../shared/types/id.ts';
import type { StoredEvent } from '../stored-event.ts';
import { busesUnderTest } from './bus-beds.ts';
import { eventWorld, LOOK_BACK, upTo, type EventWorld } from './event-world.ts';

const numbers = (events: readonly StoredEvent[]) => events.map(({ payload }) => payload['number']);
const sequences = (events: readonly StoredEvent[]) => events.map(({ sequence }) => sequence);

describe.each(busesUnderTest)('the relay, with $name,', (under) => {
  let world: EventWorld;
  beforeAll(() => under.start());
  afterAll(() => under.stop());
  beforeEach(async () => {
    world = await eventWorld(under);
  });
  afterEach(() => world.end());

  const streamed = (tenantId: string, count: number) =>
    until(async () => {
      const events = await world.inStream(tenantId);
      return events.length >= count && events;
    });

  test('publishes every committed event once, in order, with a sequence without gaps from 1', async () => {
    const relay = await world.relay();
    const tenantId = newId();
    await world.commit(tenantId, upTo(30), relay.nudge);
    const events = await streamed(tenantId, 30);
    expect(numbers(events)).toEqual(upTo(30));
    expect(sequences(events)).toEqual(upTo(30));
    await until(async () => (await world.countUnpublished(tenantId)) === 0);
    expect(await world.inStream(tenantId)).toHaveLength(30);
  });

  test('carries an event unchanged', async () => {
    await world.relay();
    const tenantId = newId();
    await world.commit(tenantId, [7]);
    const [event] = await streamed(tenantId, 1);
    const [row] = await world.database.read(tenantId).many<{ id: string; occurredAt: Date }>(sql`
      SELECT id, occurred_at AS occurredAt FROM outbox WHERE tenant_id = ${bin(tenantId)}`);
    const rest = { type: 'test.happened', payload: { number: 7 }, requestId: 'test', sequence: 1 };
    expect(event).toEqual({ tenantId, ...row, ...rest });
  });

  test('appends nothing twice and nothing out of order when four relays race', async () => {
    const relays = await Promise.all(upTo(4).map(() => world.relay({ pollMs: 20 })));
    const tenantIds = upTo(5).map(() => newId());
    await Promise.all(
      tenantIds.map(async (tenantId, i) => {
        await world.commit(tenantId, upTo(60), () => {
          relays[i % relays.length]?.nudge();
        });
      }),
    );
    for (const tenantId of tenantIds) {
      await until(async () => (await world.countUnpublished(tenantId)) === 0);
      const events = await world.inStream(tenantId);
      expect(sequences(events)).toEqual(upTo(60));
      expect(new Set(numbers(events)).size).toBe(60);
    }
  });

  test('appends nothing twice when it died between appending and marking', async () => {
    const tenantId = newId();
    const first = await world.relay();
    await world.commit(tenantId, upTo(3), first.nudge);
    await until(async () => (await world.countUnpublished(tenantId)) === 0);
    await first.stop();
    await world.database.system.run(sql`
      UPDATE outbox SET published_at = NULL WHERE tenant_id = ${bin(tenantId)}`);
    const second = await world.relay();
    await world.commit(tenantId, [4], second.nudge);
    await until(async () => (await world.countUnpublished(tenantId)) === 0);
    expect(sequences(await world.inStream(tenantId))).toEqual(upTo(4));
  });

  test('publishes again, in order, what an emptied server has lost', async () => {
    const relay = await world.relay(LOOK_BACK);
    const tenantId = newId();
    await world.commit(tenantId, upTo(3), relay.nudge);
    await until(async () => (await world.countUnpublished(tenantId)) === 0);
    await world.bed.lose();
    await world.commit(tenantId, [4], relay.nudge);
    expect(sequences(await streamed(tenantId, 4))).toEqual(upTo(4));
  });

  test('notices an emptied server without a new event', async () => {
    const relay = await world.relay(LOOK_BACK);
    const tenantId = newId();
    await world.commit(tenantId, upTo(2), relay.nudge);
    await until(async () => (await world.countUnpublished(tenantId)) === 0);
    await world.bed.lose();
    expect(sequences(await streamed(tenantId, 2))).toEqual(upTo(2));
  });

  test('goes on by itself when the server comes back, without loss or repetition', async () => {
    const gate = await world.bed.gate();
    const relay = await world.relay({ gate });
    const tenantId = newId();
    await world.commit(tenantId, upTo(5), relay.nudge);
    await gate.shut();
    await world.commit(tenantId, [6, 7, 8, 9, 10], relay.nudge);
    expect(await world.countUnpublished(tenantId)).toBeGreaterThanOrEqual(5);
    await gate.open();
    await until(async () => (await world.countUnpublished(tenantId)) === 0);
    expect(sequences(await world.inStream(tenantId))).toEqual(upTo(10));
    await relay.stop();
    await gate.shut();
  });

  test('acts on a nudge long before the next poll', async () => {
    const relay = await world.relay({ pollMs: 60_000 });
    const tenantId = newId();
    await world.commit(tenantId, [1], relay.nudge);
    await streamed(tenantId, 1);
  });

  test('finds what another process left behind, also while it is nudged all the time', async () => {
    const relay = await world.relay();
    const [left, busy] = [newId(), newId()];
    await world.commit(busy, [1], relay.nudge);
    await streamed(busy, 1);
    await world.commit(left, [1]);
    const nudging = setInterval(() => {
      relay.nudge(busy);
    }, 5);
    try {
      await streamed(left, 1);
    } finally {
      clearInterval(nudging);
    }
  });

  test('finishes the batch under way when it stops', async () => {
    const relay = await world.relay();
    const tenantId = newId();
    await world.commit(tenantId, upTo(20), relay.nudge);
    await relay.stop();
    const events = await world.inStream(tenantId);
    expect(sequences(events)).toEqual(upTo(events.length));
    expect(await world.countUnpublished(tenantId)).toBe(20 - events.length);
  });

  test('publishes what was committed while no relay ran, more than one batch of it', async () => {
    const tenantId = newId();
    await world.commitTogether(tenantId, upTo(1_100));
    await world.relay();
    expect(sequences(await streamed(tenantId, 1_100))).toEqual(upTo(1_100));
  });

  test('lets a tenant with one event through while another has a long queue', async () => {
    const [busy, quiet] = [newId(), newId()];
    await world.commitTogether(busy, upTo(1_200));
    await world.commit(quiet, [1]);
    await world.relay();
    await streamed(quiet, 1);
    expect(sequences(await streamed(busy, 1_200))).toEqual(upTo(1_200));
  });
});
