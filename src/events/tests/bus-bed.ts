import type { Gate } from '../../shared/tests/gate.ts';
import type { EventBus } from '../event-bus.ts';
import type { StoredEvent } from '../stored-event.ts';

/** One stream at a real server, for one test. */
export type BusBed = {
  /** What one process has of it, through `gate` where one is given. Connected. */
  bus(gate?: Gate): Promise<EventBus>;
  gate(): Promise<Gate>;
  /** Takes the stream away, and all that the server knows of it. */
  lose(): Promise<void>;
  /** What is in the stream, in its order. */
  events(): Promise<StoredEvent[]>;
  end(): Promise<void>;
};
