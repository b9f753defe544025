import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '../../../shared/tests/until.ts';
import { newId } from '../../../shared/types/id.ts';
import type { StoredEvent } from '../../stored-event.ts';
import { eventWorld, LOOK_BACK, upTo } from '../../tests/event-world.ts';
import { hasNats, natsBed, type PrivateNats, startPrivateNats } from '../../tests/nats-bed.ts';
import { natsNames } from '../names.ts';

(hasNats ? describe : describe.skip)('a server of NATS that goes away', () => {
  let server: PrivateNats;
  let world: Awaited<ReturnType<typeof eventWorld<ReturnType<typeof natsBed>>>>;
  let tenantId: string;
  let handled: unknown[];
  beforeAll(async () => {
    server = await startPrivateNats();
  });
  afterAll(() => server.remove());
  beforeEach(async () => {
    if (!server.isRunning()) await server.restart();
    world = await eventWorld({ bed: (_config, logger) => natsBed(server, logger) });
    tenantId = newId();
    handled = [];
  });
  afterEach(() => world.end());

  const name = 'test';
  const handle = (_tx: unknown, event: StoredEvent) => {
    if (event.tenantId === tenantId) handled.push(event.payload['number']);
    return Promise.resolve();
  };
  const sequences = async () => (await world.inStream(tenantId)).map(({ sequence }) => sequence);

  test('by kill -9 in the middle of everything loses no event, and none has two effects', async () => {
    const relays = [await world.relay(LOOK_BACK), await world.relay(LOOK_BACK)];
    for (let n = 0; n < 2; n++) await world.consumer({ name, handle, batchSize: 7, blockMs: 100 });
    const commit = async (from: number) => {
      for (const number of upTo(20))
        await world.commit(tenantId, [from + number], () => {
          relays[number % 2]?.nudge();
        });
    };
    const first = commit(0);
    await until(() => handled.length >= 10);
    await server.kill();
    await Promise.all([first, commit(20)]);
    await server.restart();
    await commit(40);
    await until(() => handled.length >= 60);
    await until(async () => (await world.countUnpublished(tenantId)) === 0);
    expect(await sequences()).toEqual(upTo(60));
    await until(async () => (await world.countPending(name)) === 0);
    expect(handled.toSorted((a, b) => Number(a) - Number(b))).toEqual(upTo(60));
  });

  test('and comes back with an empty store is given again what it lost, and effects happen once', async () => {
    const relay = await world.relay(LOOK_BACK);
    await world.consumer({ name, handle, blockMs: 100 });
    await world.commit(tenantId, upTo(5), relay.nudge);
    await until(() => handled.length === 5);
    await server.stop();
    server.empty();
    await world.commit(tenantId, [6], relay.nudge);
    await server.restart();
    await until(() => handled.length >= 6);
    expect(await sequences()).toEqual(upTo(6));
    await until(async () => (await world.countPending(name)) === 0);
    expect(handled).toEqual(upTo(6));
  });

  test('leaves out what is no event, and says so to the server', async () => {
    const relay = await world.relay();
    await world.consumer({ name, handle });
    await world.commit(tenantId, [1], relay.nudge);
    await until(() => handled.length === 1);
    await world.bed.publish(natsNames(world.bed.prefix).events.of(newId()), 'no event');
    await world.commit(tenantId, [2], relay.nudge);
    await until(() => handled.length === 2);
    await until(async () => (await world.countPending(name)) === 0);
  });
});
