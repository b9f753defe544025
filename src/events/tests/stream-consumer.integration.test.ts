import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '../../shared/tests/until.ts';
import { newId } from '../../shared/types/id.ts';
import { bin, sql } from '../../database/sql.ts';
import type { StoredEvent } from '../stored-event.ts';
import { busesUnderTest } from './bus-beds.ts';
import { eventWorld, LOOK_BACK, upTo, type EventWorld } from './event-world.ts';

describe.each(busesUnderTest)('a stream consumer, with $name,', (under) => {
  beforeAll(() => under.start());
  afterAll(() => under.stop());
  let world: EventWorld;
  let tenantId: string;
  let handled: StoredEvent[];
  beforeEach(async () => {
    world = await eventWorld(under);
    tenantId = newId();
    handled = [];
  });
  afterEach(() => world.end());

  const name = 'test';
  const handle = (_tx: unknown, event: StoredEvent) => {
    if (event.tenantId === tenantId) handled.push(event);
    return Promise.resolve();
  };
  const numbers = () => handled.map(({ payload }) => payload['number']);
  const countPending = () => world.countPending(name);

  test('handles each event of a tenant once, in the order of its sequence', async () => {
    const relay = await world.relay();
    await world.consumer({ name, handle });
    await world.commit(tenantId, upTo(25), relay.nudge);
    await until(() => handled.length >= 25);
    expect(numbers()).toEqual(upTo(25));
    await until(async () => (await countPending()) === 0);
  });

  test('is given what was published before it existed', async () => {
    const relay = await world.relay();
    await world.commit(tenantId, upTo(3), relay.nudge);
    await until(async () => (await world.countUnpublished(tenantId)) === 0);
    await world.consumer({ name, handle });
    await until(() => handled.length === 3);
  });

  test('shares the work with others of its name, so that each event has one effect', async () => {
    const relay = await world.relay();
    await Promise.all(upTo(3).map(() => world.consumer({ name, handle, batchSize: 5 })));
    await world.commit(tenantId, upTo(40), relay.nudge);
    await until(() => handled.length >= 40);
    await until(async () => (await countPending()) === 0);
    expect(new Set(numbers()).size).toBe(40);
    expect(handled).toHaveLength(40);
  });

  test('keeps the order of a tenant, also where one of its processes is slow', async () => {
    const relay = await world.relay();
    const handleSlowly = async (tx: unknown, event: StoredEvent) => {
      await sleep(20);
      await handle(tx, event);
    };
    await world.consumer({ name, handle: handleSlowly, batchSize: 2 });
    for (const batchSize of [1, 3]) await world.consumer({ name, handle, batchSize });
    await world.commit(tenantId, upTo(30), relay.nudge);
    await until(() => handled.length >= 30);
    expect(numbers()).toEqual(upTo(30));
  });

  test('gives every consumer name each event', async () => {
    const relay = await world.relay();
    const seen: string[] = [];
    for (const each of ['one', 'two']) {
      await world.consumer({
        name: each,
        handle: (_tx, event) => {
          if (event.tenantId === tenantId) seen.push(each);
          return Promise.resolve();
        },
      });
    }
    await world.commit(tenantId, [1], relay.nudge);
    await until(() => seen.length === 2);
    expect(seen.sort()).toEqual(['one', 'two']);
  });

  test('has one effect although the event is delivered again', async () => {
    const relay = await world.relay(LOOK_BACK);
    await world.consumer({ name, handle, blockMs: 100 });
    await world.commit(tenantId, [1], relay.nudge);
    await until(() => handled.length === 1);
    await world.bed.lose();
    await world.commit(tenantId, [2], relay.nudge);
    await until(() => handled.length >= 2);
    expect((await world.inStream(tenantId)).map(({ sequence }) => sequence)).toEqual([1, 2]);
    await until(async () => (await countPending()) === 0);
    expect(numbers()).toEqual([1, 2]);
  });

  test('passes by what does not concern it, and writes nothing down of it', async () => {
    const relay = await world.relay();
    const concerns = ({ payload }: StoredEvent) => payload['number'] !== 2;
    await world.consumer({ name, handle, concerns });
    await world.commit(tenantId, upTo(3), relay.nudge);
    await until(() => handled.length >= 2);
    await until(async () => (await countPending()) === 0);
    expect(numbers()).toEqual([1, 3]);
    const db = world.database.read(tenantId);
    expect(
      await db.many(sql`SELECT event_id FROM inbox WHERE tenant_id = ${db.tenant} AND consumer = ${name}`),
    ).toHaveLength(2);
  });

  test('handles of a batch what was not handled yet', async () => {
    const relay = await world.relay();
    const first = await world.consumer({ name, handle });
    await world.commit(tenantId, [1], relay.nudge);
    await until(async () => handled.length === 1 && (await countPending()) === 0);
    await first.stop();
    const db = world.database.read(tenantId);
    const taken = await db.many(sql`SELECT event_id FROM inbox WHERE tenant_id = ${db.tenant}`);
    await world.commit(tenantId, [2, 3, 4], relay.nudge);
    await until(async () => (await world.countUnpublished(tenantId)) === 0);
    // As another process does that has handled the third and was killed before it could say so.
    await world.database.system.run(sql`
      INSERT INTO inbox (tenant_id, consumer, event_id)
      SELECT tenant_id, ${name}, id FROM outbox WHERE tenant_id = ${bin(tenantId)} AND sequence = 3`);
    await world.consumer({ name, handle });
    await until(() => numbers().includes(4));
    expect(taken).toHaveLength(1);
    expect(numbers()).toEqual([1, 2, 4]);
  });

  test('prepares all events of a batch before it handles the first, and goes on behind one that cannot be', async () => {
    const relay = await world.relay();
    await world.commit(tenantId, upTo(3), relay.nudge);
    await until(async () => (await world.countUnpublished(tenantId)) === 0);
    const steps: string[] = [];
    let failures = 0;
    await world.consumer({
      name,
      prepare: (_tx, { payload, tenantId: of }) => {
        const number = Number(payload['number']);
        if (of === tenantId) steps.push(`prepare ${number}`);
        if (of === tenantId && number === 2 && failures++ < 2) throw new Error('Not yet');
        return Promise.resolve(number);
      },
      handle: (_tx, { tenantId: of }, prepared) => {
        if (of === tenantId) steps.push(`handle ${String(prepared)}`);
        return Promise.resolve();
      },
    });
    await until(() => steps.includes('handle 2'));
    expect(steps.slice(0, 3)).toEqual(['prepare 1', 'prepare 2', 'prepare 3']);
    expect(steps.filter((step) => step.startsWith('handle'))).toEqual(['handle 1', 'handle 3', 'handle 2']);
  });

  test('tries a failed event again later, while those beside it go on', async () => {
    const relay = await world.relay();
    let failures = 0;
    await world.consumer({
      name,
      blockMs: 50,
      handle: (tx, event) => {
        if (event.tenantId === tenantId && event.sequence === 2 && failures++ < 3) throw new Error('Not yet');
        return handle(tx, event);
      },
    });
    await world.commit(tenantId, upTo(3), relay.nudge);
    await until(() => numbers().includes(2));
    expect(new Set(numbers())).toEqual(new Set([1, 2, 3]));
    await until(async () => (await countPending()) === 0);
  });

  test('takes over what a dead consumer held', async () => {
    const relay = await world.relay();
    await world.commit(tenantId, upTo(4), relay.nudge);
    await until(async () => (await world.countUnpublished(tenantId)) === 0);
    const dead = (await world.bed.bus()).reader(name, { idleMs: 300 });
    await dead.connected();
    await dead.begin();
    await until(async () => (await dead.next()).length > 0);
    dead.disconnect();
    await world.consumer({ name, handle, blockMs: 50 });
    await until(() => handled.length >= 4);
    expect(new Set(numbers())).toEqual(new Set(upTo(4)));
  });

  test('begins again after the server was emptied while it was reading', async () => {
    const relay = await world.relay(LOOK_BACK);
    await world.consumer({ name, handle, blockMs: 100 });
    await world.commit(tenantId, [1], relay.nudge);
    await until(() => handled.length === 1);
    await world.bed.lose();
    await until(async () => (await world.inStream(tenantId)).length > 0);
    await world.commit(tenantId, [2], relay.nudge);
    await until(() => handled.length === 2);
  });

  test('goes on by itself when the server comes back', async () => {
    const gate = await world.bed.gate();
    const relay = await world.relay();
    const consumer = await world.consumer({ name, handle, gate });
    await world.commit(tenantId, [1], relay.nudge);
    await until(() => handled.length === 1);
    await gate.shut();
    await world.commit(tenantId, [2, 3], relay.nudge);
    await gate.open();
    await until(() => handled.length >= 3);
    expect(numbers()).toEqual([1, 2, 3]);
    await consumer.stop();
    await gate.shut();
  });

  test('stops at once while the server is away', async () => {
    const gate = await world.bed.gate();
    const consumer = await world.consumer({ name, handle, gate });
    await gate.shut();
    await consumer.stop();
  });

  test('stops without waiting for an event', async () => {
    const relay = await world.relay();
    const consumer = await world.consumer({ name, handle, blockMs: 20_000 });
    await world.commit(tenantId, [1], relay.nudge);
    await until(() => handled.length === 1);
    await consumer.stop();
  });
});
