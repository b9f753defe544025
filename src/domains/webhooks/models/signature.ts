import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** A new secret, in the form of the Standard Webhooks specification: `whsec_` and 32 random bytes in base64. */
export const newSecret = (): string => `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;

type Signed = { readonly id: string; readonly timestamp: Date; readonly body: string };

const signatureOf = (secret: string, { id, timestamp, body }: Signed): string => {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const content = `${id}.${secondsOf(timestamp)}.${body}`;
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
};
const secondsOf = (instant: Date): number => Math.floor(instant.getTime() / 1_000);

/**
 * The headers by which the receiver knows that a message is ours, whole and not an old one: Standard Webhooks 1.0.0,
 * symmetric signatures. Each of `secrets` signs, so that the receiver can go from one to the next.
 */
export const signatureHeaders = (secrets: readonly string[], message: Signed): Record<string, string> => ({
  'webhook-id': message.id,
  'webhook-timestamp': String(secondsOf(message.timestamp)),
  'webhook-signature': secrets.map((secret) => signatureOf(secret, message)).join(' '),
});
