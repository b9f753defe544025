import type { NumberedEvent, StoredEvent } from './stored-event.ts';

/** The stream has been emptied, or was never there: {@link recoverLost} must say what belongs into it. */
export class StreamLost extends Error {
  constructor() {
    super('The event stream has been lost');
  }
}

/** An event as one reader has it; it comes again, to whoever reads under the name, until its receipt is acknowledged. */
export type GivenEvent = StoredEvent & { readonly receipt: string };

/** How far a consumer has come with each tenant, over all processes. */
export type Places = {
  /** Whether it has come as far as `sequence`; not, where nothing is known. */
  reached(tenantId: string, sequence: number): Promise<boolean>;
  /** Never lowers it. */
  raise(tenantId: string, sequence: number): Promise<void>;
};

/** Reads under the name of a consumer. Readers of one name, in many processes, share its events. */
export type BusReader = {
  readonly places: Places;
  /** Resolves when it is connected, or after a second without. */
  connected(): Promise<void>;
  /** Calls `listener` whenever the server can be reached again. Answers how to end that. */
  onConnected(listener: () => void): () => void;
  /** To be called first, and after each failure. Answers what this reader was given and has not acknowledged. */
  begin(): Promise<readonly GivenEvent[]>;
  /** Events, also such as others were given and have not acknowledged for long. Waits a while for the first. */
  next(): Promise<readonly GivenEvent[]>;
  acknowledge(events: readonly GivenEvent[]): Promise<void>;
  /** Whether it is enough to begin again, since the server is there and has only forgotten whom it knew. */
  isForgotten(error: unknown): boolean;
  /** Has `next` end soon; resolves when `running`, which calls it, has ended or cannot be waited for. */
  end(running: Promise<void>): Promise<void>;
  /** Leaves to others what was not acknowledged. */
  leave(): Promise<void>;
  disconnect(): void;
};

export type ReaderOptions = {
  readonly batchSize?: number;
  /** How long to wait for the first event. */
  readonly blockMs?: number;
  /** After this time an event that was not done is tried again, by whoever comes first. Longer than any handler takes. */
  readonly idleMs?: number;
};

/** By name of consumer: events that none of its readers was given, and such as were given and not acknowledged. */
export type Backlog = Readonly<Record<'lag' | 'pending', Readonly<Record<string, number>>>>;

/** Carries numbered events from the relay to consumers. It may lose all it holds: what is published stays in the outbox. */
export type EventBus = {
  /** The server, in a word. */
  readonly server: string;
  /** Whether it can be reached; what is asked of it otherwise fails at once. */
  isConnected(): boolean;
  /** Calls `listener` whenever it can be reached again. Answers how to end that. */
  onConnected(listener: () => void): () => void;
  ping(): Promise<unknown>;
  /**
   * Appends events that are in the order of tenant and sequence, each once and in this order, whoever else appends and whatever was
   * repeated. One above the next of its tenant is appended only with `force`. Answers the tenants whose earlier events are still
   * missing: of these nothing was appended. Throws {@link StreamLost}.
   */
  append(
    events: readonly NumberedEvent[],
    options?: { readonly force?: boolean },
  ): Promise<ReadonlySet<string>>;
  /** Whether the stream still knows what it was given. */
  isWhole(): Promise<boolean>;
  /** The last sequence of each tenant that the stream knows of, in their order; 0 where it knows of none. */
  lastSequences(tenantIds: readonly string[]): Promise<readonly number[]>;
  /** Says that what is not in the stream is unpublished. From now on it can be appended to. */
  makeWhole(): Promise<void>;
  reader(consumer: string, options?: ReaderOptions): BusReader;
  backlog(): Promise<Backlog>;
  close(): Promise<void>;
};
