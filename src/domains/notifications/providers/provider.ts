import type { Tenant } from '../../tenants/index.ts';
import type { Delivery } from '../models/delivery.ts';
import type { Message } from '../models/message.ts';
import type { Person } from '../services/people.ts';

/** A message with all that a provider needs. */
export type Outgoing = {
  readonly delivery: Delivery;
  readonly tenant: Tenant;
  readonly person: Person;
  readonly message: Message;
  /** An invitation for the recipient's calendar. */
  readonly calendar?: { readonly method: string; readonly text: string } | undefined;
};

/**
 * Why a provider does not have the message. `refused`: it never will, so do not ask again. `later`: it has not now; ask again. `unknown`: it may
 * have it or not, since it was gone before it answered.
 */
export class ProviderError extends Error {
  readonly fate: 'refused' | 'later' | 'unknown';
  /** For programs: `recipient_refused`, `unreachable`. */
  readonly problem: string;
  /** When the provider wants to be asked again. */
  readonly retryAfterMs: number | undefined;

  constructor(
    fate: ProviderError['fate'],
    problem: string,
    detail: string,
    options: { retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(detail, { cause: options.cause });
    this.fate = fate;
    this.problem = problem;
    this.retryAfterMs = options.retryAfterMs;
  }
}

export type Receipt = { readonly messageId?: string | undefined };

/** Somebody who takes messages. `handOver` is awaited just before the message can be in their hands, and may forbid it by throwing. */
export type Provider = {
  send(outgoing: Outgoing, handOver: () => Promise<void>): Promise<Receipt>;
};
