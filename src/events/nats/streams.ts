import type { ConsumerConfig, JetStreamManager, StreamConfig } from '@nats-io/jetstream';
import { isOtherwise } from './failures.ts';
import type { NatsNames } from './names.ts';

const NANOSECONDS = 1_000_000;
/** How long the server itself refuses what it was given before. */
const REFUSED_TWICE_WITHIN_MS = 2 * 60_000;

/** How many servers keep a copy, and for how long. */
export type Keeping = { readonly replicas: number; readonly maxAgeMs: number };
type StreamSettings = Partial<StreamConfig> & Pick<StreamConfig, 'name'>;

export const eventsSettings = ({ events }: NatsNames, { replicas, maxAgeMs }: Keeping): StreamSettings => ({
  name: events.stream,
  subjects: [events.all],
  num_replicas: replicas,
  max_age: maxAgeMs * NANOSECONDS,
  duplicate_window: REFUSED_TWICE_WITHIN_MS * NANOSECONDS,
});

export const placesSettings = ({ places }: NatsNames, { replicas }: Keeping): StreamSettings => ({
  name: places.stream,
  subjects: [places.all],
  num_replicas: replicas,
  max_msgs_per_subject: 1,
});

/** Makes the stream, or gives it these settings; what it holds stays. */
export const ensureStream = async ({ streams }: JetStreamManager, settings: StreamSettings) => {
  try {
    return await streams.add(settings);
  } catch (error) {
    if (!isOtherwise(error)) throw error;
    return streams.update(settings.name, settings);
  }
};

/** It begins with all that the stream holds, so that it misses nothing, and waits for no event that fails. */
export const ensureConsumer = async (
  { consumers }: JetStreamManager,
  stream: string,
  { consumer, idleMs }: { readonly consumer: string; readonly idleMs: number },
): Promise<void> => {
  const settings: Partial<ConsumerConfig> = {
    durable_name: consumer,
    ack_policy: 'explicit',
    deliver_policy: 'all',
    ack_wait: idleMs * NANOSECONDS,
    max_ack_pending: -1,
  };
  await consumers.add(stream, settings);
};
