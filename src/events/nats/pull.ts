import type { Msg } from '@nats-io/transport-node';
import type { Live } from './connection.ts';

/** How much longer than it was asked to wait the server may take to say that there is nothing. */
const ANSWER_GRACE_MS = 500;
const NOTHING_MORE = [404, 408];
const NANOSECONDS = 1_000_000;

export type PullRequest = {
  readonly stream: string;
  readonly consumer: string;
  readonly batchSize: number;
  /** How long to wait for the first message; those that are there with it come along. */
  readonly waitMs: number;
  /** Ends the waiting; what was on its way is still answered. */
  readonly signal: AbortSignal;
};

/**
 * A batch of messages as the server has them at this moment. The client's own ways of reading ask in advance, for as many as a process
 * may want: processes would get a tenant's events in turns, and wait for each other at every one.
 */
export const pull = async (live: Live, request: PullRequest): Promise<Msg[]> => {
  const { stream, consumer, batchSize, waitMs, signal } = request;
  const { connection } = live;
  const messages: Msg[] = [];
  const inbox = live.newInbox();
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const ended = new Promise<void>((...settle) => ([resolve, reject] = settle));
  const subscription = connection.subscribe(inbox, {
    callback: (error, message) => {
      const status = message.headers?.code ?? 0;
      if (error) reject(error);
      else if (NOTHING_MORE.includes(status)) resolve();
      else if (status > 0) reject(new Error(`NATS: ${message.headers?.description ?? String(status)}`));
      else if (messages.push(message) === batchSize) resolve();
    },
  });
  void subscription.closed.then(() => {
    if (connection.isClosed()) reject(new Error('The connection to NATS was lost'));
    else resolve();
  });
  const tooLate = setTimeout(() => {
    reject(new Error('NATS does not answer'));
  }, waitMs + ANSWER_GRACE_MS);
  const drain = () => void subscription.drain().catch(reject);
  signal.addEventListener('abort', drain);
  try {
    const wanted = { batch: batchSize, expires: waitMs * NANOSECONDS, no_wait: true };
    connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, JSON.stringify(wanted), {
      reply: inbox,
    });
    if (signal.aborted) drain();
    await ended;
  } catch (error) {
    // What did come is worth more than why no more did: the next request will meet the same fault.
    if (messages.length === 0) throw error;
  } finally {
    clearTimeout(tooLate);
    signal.removeEventListener('abort', drain);
    subscription.unsubscribe();
  }
  return messages;
};
