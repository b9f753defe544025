import { createHash } from 'node:crypto';
import type { Database } from '../../../database/db.ts';
import type { Config } from '../../../shared/config/config.ts';
import { findSubscription, forgetSubscription } from '../repositories/push-subscription.repository.ts';
import { postOnce } from './http.ts';
import { type Outgoing, type Provider, ProviderError } from './provider.ts';

export type PushConfig = NonNullable<Config['notifications']['push']>;

const LIVES_SECONDS = 24 * 60 * 60;
/** A topic has at most 32 characters of base64url (RFC 8030, section 5.4). */
const topicOf = (eventId: string): string =>
  createHash('sha256').update(eventId).digest('base64url').slice(0, 32);

const payloadOf = ({ delivery, message }: Outgoing): string =>
  JSON.stringify({
    title: message.title,
    body: message.text,
    tag: delivery.eventId,
    data: { kind: delivery.kind, appointmentId: delivery.facts.appointmentId ?? null },
  });

/**
 * Web Push (RFC 8030), encrypted for the browser (RFC 8291), signed with the installation's keys (RFC 8292). A repetition has the topic and the tag of
 * the first, and takes its place: that is why an unknown outcome is tried again.
 */
export const createPushProvider = (
  { publicKey, privateKey, subject }: PushConfig,
  database: Pick<Database, 'read'>,
): Provider => ({
  send: async (outgoing, handOver) => {
    const { delivery, tenant } = outgoing;
    const db = database.read(tenant.id);
    const target = await findSubscription(db, delivery.targetId);
    if (!target)
      throw new ProviderError('refused', 'subscription_gone', 'The browser was taken off the list');
    const { endpoint, p256dh, auth } = target;
    const { default: webPush } = await import('web-push');
    const request = webPush.generateRequestDetails(
      { endpoint, keys: { p256dh, auth } },
      payloadOf(outgoing),
      {
        vapidDetails: { subject, publicKey, privateKey },
        TTL: LIVES_SECONDS,
        topic: topicOf(delivery.eventId),
        urgency: 'normal',
      },
    );
    await handOver();
    const { status, text, retryAfterMs } = await answerOf({
      url: endpoint,
      headers: request.headers,
      body: new Uint8Array(request.body),
    });
    if (status >= 200 && status < 300) return {};
    const detail = `${status}: ${text.slice(0, 200)}`;
    if (status === 404 || status === 410) {
      await forgetSubscription(db, target.id);
      throw new ProviderError('refused', 'subscription_gone', detail);
    }
    if (status === 429 || status >= 500) {
      throw new ProviderError('later', 'provider_busy', detail, { retryAfterMs });
    }
    throw new ProviderError('refused', 'refused', detail);
  },
});

const answerOf = async (request: Parameters<typeof postOnce>[0]) => {
  try {
    return await postOnce(request);
  } catch (error) {
    if (error instanceof ProviderError && error.fate === 'unknown') {
      throw new ProviderError('later', error.problem, error.message, { cause: error });
    }
    throw error;
  }
};
