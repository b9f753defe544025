/** One use of an `Idempotency-Key`: the first answer commits with the change and is given again to a repetition. */
export type IdempotencyKey = {
  readonly key: string;
  /** Whose key it is, a user's or an API key's; {@link NOBODY} where the request has no tenant or no user yet. */
  readonly tenantId: string;
  readonly userId: string;
  /** SHA-256 over method, path and payload. */
  readonly fingerprint: Buffer;
  /** The answer as it goes over the wire. */
  readonly encode: (result: unknown) => string;
};

export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Thrown out of a transaction that an earlier request has already made: carries that request's answer. */
export class IdempotentReplay extends Error {
  readonly body: string;

  constructor(body: string) {
    super('Answered before');
    this.body = body;
  }
}
