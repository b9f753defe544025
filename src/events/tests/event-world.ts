import { createOutbox } from '../../database/outbox.ts';
import { testDatabase } from '../../database/tests/test-database.ts';
import { bin, sql } from '../../database/sql.ts';
import type { Gate } from '../../shared/tests/gate.ts';
import { systemClock } from '../../shared/utils/clock.ts';
import { createLogger } from '../../shared/utils/logger.ts';
import type { ReaderOptions } from '../event-bus.ts';
import type { Reaction } from '../reaction.ts';
import { createRelay, type Relay } from '../relay.ts';
import type { StoredEvent } from '../stored-event.ts';
import { createStreamConsumer, type StreamConsumer } from '../stream-consumer.ts';
import type { BusBed } from './bus-bed.ts';
import type { BusUnderTest } from './bus-beds.ts';

/** Everything that a test of events needs, on real servers: a stream of its own, and tenants of its own. */
export const eventWorld = async <Bed extends BusBed>({
  bed: makeBed,
}: {
  readonly bed: (...args: Parameters<BusUnderTest['bed']>) => Bed;
}) => {
  const testing = await testDatabase();
  const { database, config } = testing;
  const logger = createLogger(config);
  const bed = makeBed(config, logger);
  const stops: (() => Promise<void>)[] = [];
  const disconnects: (() => void)[] = [];

  /** Commits events of one tenant, each in a transaction of its own; answers their payloads' numbers. */
  const commit = async (
    tenantId: string,
    numbers: readonly number[],
    nudge: (tenantId: string) => void = () => undefined,
  ) => {
    const outbox = createOutbox(systemClock, nudge);
    for (const number of numbers) {
      const event = { type: 'test.happened', payload: { number } };
      await database.transaction({ tenantId }, (tx) => outbox.publish(tx, { requestId: 'test' }, event));
    }
  };

  /** The same in one transaction. */
  const commitTogether = async (tenantId: string, numbers: readonly number[]) => {
    const outbox = createOutbox(systemClock, () => undefined);
    const events = numbers.map((number) => ({ type: 'test.happened', payload: { number } }));
    await database.transaction({ tenantId }, (tx) => outbox.publish(tx, { requestId: 'test' }, ...events));
  };

  const inStream = async (tenantId: string): Promise<StoredEvent[]> =>
    (await bed.events()).filter((event) => event.tenantId === tenantId);

  const countUnpublished = async (tenantId: string) =>
    (
      await database.read(tenantId).many(sql`
        SELECT id FROM outbox WHERE tenant_id = ${bin(tenantId)} AND published_at IS NULL`)
    ).length;

  const relay = async (
    options: { gate?: Gate; pollMs?: number; lookBackMs?: number } = {},
  ): Promise<Relay> => {
    // The database has events of other tests, which need not come again.
    const { pollMs = 100, lookBackMs = 0 } = options;
    const bus = await bed.bus(options.gate);
    const created = createRelay({ database, bus, clock: systemClock, logger, pollMs, lookBackMs });
    stops.push(() => created.stop());
    created.start();
    return created;
  };

  /** As one process has it, with connections of its own. */
  const consumer = async (
    options: { name: string } & Pick<Reaction, 'handle'> &
      Partial<Reaction> &
      ReaderOptions & { gate?: Gate },
  ): Promise<StreamConsumer> => {
    const { gate, name, concerns = () => true, prepare, handle, ...settings } = options;
    const reader = (await bed.bus(gate)).reader(name, { idleMs: 300, ...settings });
    await reader.connected();
    const created = createStreamConsumer({
      name,
      reaction: { concerns, handle, ...(prepare && { prepare }) },
      database,
      logger,
      reader,
    });
    stops.push(() => created.stop());
    disconnects.push(reader.disconnect);
    created.start();
    return created;
  };

  /** Events that were given to readers of the name and not acknowledged. */
  let watching: ReturnType<BusBed['bus']> | undefined;
  const countPending = async (name: string) =>
    (await (await (watching ??= bed.bus())).backlog()).pending[name];

  return {
    database,
    config,
    logger,
    bed,
    commit,
    commitTogether,
    inStream,
    countUnpublished,
    countPending,
    relay,
    consumer,
    end: async () => {
      await Promise.all(stops.map((stop) => stop()));
      for (const disconnect of disconnects) disconnect();
      await bed.end();
      await testing.close();
    },
  };
};
export type EventWorld = Awaited<ReturnType<typeof eventWorld<BusBed>>>;

/** How far a test looks back that empties the bus: longer than it takes. */
export const LOOK_BACK = { lookBackMs: 10_000 };

/** 1, 2, … `last`. */
export const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);
