import { setTimeout as sleep } from 'node:timers/promises';
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { NatsSettings } from '../../shared/config/nats-settings.ts';
import type { Logger } from '../../shared/utils/logger.ts';
import { createOutage } from '../outage.ts';

const CONNECT_WITHIN_MS = 2_000;
const ANSWER_WITHIN_MS = 2_000;
const FIRST_CONNECTION_WITHIN_MS = 1_000;
const LOOK_AGAIN_MS = 10;
/** A server that owes two answers to these is taken for lost. */
const PING_EVERY_MS = 5_000;

/** A connection that works, and what is asked over it. */
export type Live = {
  readonly connection: NatsConnection;
  readonly stream: JetStreamClient;
  readonly manager: JetStreamManager;
  /** A subject of our own, for answers. */
  readonly newInbox: () => string;
};

export type Nats = {
  isConnected(): boolean;
  /** Throws while there is no connection. */
  live(): Live;
  onConnected(listener: () => void): () => void;
  /** Resolves when the connection is there, or after a second without. */
  connectedSoon(): Promise<void>;
  close(): Promise<void>;
};

/** The client is loaded here and nowhere else: whoever uses Redis does without. */
const connect = async ({ servers, login, credentials, tls }: NatsSettings): Promise<Live> => {
  const [transport, streams] = await Promise.all([
    import('@nats-io/transport-node'),
    import('@nats-io/jetstream'),
  ]);
  const connection = await transport.connect({
    servers: [...servers],
    ...login,
    ...(credentials && { authenticator: transport.credsAuthenticator(Buffer.from(credentials)) }),
    ...(tls && { tls }),
    // What was asked before an outage must fail, and not happen long after it: we connect anew ourselves.
    reconnect: false,
    timeout: CONNECT_WITHIN_MS,
    pingInterval: PING_EVERY_MS,
    noAsyncTraces: true,
  });
  const options = { timeout: ANSWER_WITHIN_MS };
  const manager = await streams.jetstreamManager(connection, { ...options, checkAPI: false });
  return {
    connection,
    stream: streams.jetstream(connection, options),
    manager,
    newInbox: () => transport.createInbox(),
  };
};

/** A connection that is made anew whenever it is lost, until it is closed. */
export const createNats = (settings: NatsSettings, logger: Logger): Nats => {
  const closing = new AbortController();
  const outage = createOutage('The connection to NATS', logger, closing.signal);
  const listeners = new Set<() => void>();
  let current: Live | undefined;
  const isClosing = () => closing.signal.aborted;

  const stayConnected = async () => {
    while (!isClosing()) {
      try {
        current = await connect(settings);
        outage.over();
        for (const listener of listeners) listener();
        if (isClosing()) await current.connection.close();
        await current.connection.closed();
      } catch (error) {
        await outage.failed(error);
      } finally {
        current = undefined;
      }
    }
  };
  const running = stayConnected();

  const isConnected = () => current !== undefined && !current.connection.isClosed();
  return {
    isConnected,
    live: () => {
      if (current === undefined) throw new Error('NATS is away');
      return current;
    },
    onConnected: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    connectedSoon: async () => {
      const end = performance.now() + FIRST_CONNECTION_WITHIN_MS;
      while (!isConnected() && performance.now() < end) await sleep(LOOK_AGAIN_MS);
    },
    close: async () => {
      closing.abort();
      await current?.connection.close();
      await running;
    },
  };
};
