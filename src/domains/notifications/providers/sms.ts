import { z } from 'zod';
import type { Database } from '../../../database/db.ts';
import type { Config } from '../../../shared/config/config.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { dialable } from '../models/phone-number.ts';
import { insertSmsReminder } from '../repositories/sms.repository.ts';
import { postOnce } from './http.ts';
import { type Provider, ProviderError } from './provider.ts';

export type SmsConfig = NonNullable<Config['notifications']['sms']>;

export type SmsDeps = {
  database: Pick<Database, 'read'>;
  clock: Clock;
  hashOfNumber: (number: string) => Buffer;
};

const Sent = z.object({ sid: z.string() });
const Refused = z.object({ code: z.number().optional(), message: z.string().optional() });

const bodyOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** SMS over the Messages API of Twilio, or any that speaks it. A message service (`MG…`) may stand in for the number of the sender. */
export const createSmsProvider = (
  { url, accountSid, authToken, from, countryCode }: SmsConfig,
  { database, clock, hashOfNumber }: SmsDeps,
): Provider => {
  const address = `${url}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`;
  const headers = {
    Authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
    'Content-Type': 'application/x-www-form-urlencoded',
  };
  const sender = from.startsWith('MG') ? { MessagingServiceSid: from } : { From: from };

  return {
    send: async ({ delivery, person, message }, handOver) => {
      const to = person.phone === null ? undefined : dialable(person.phone, countryCode);
      if (to === undefined) {
        throw new ProviderError(
          'refused',
          'no_number',
          'The number cannot be dialled; it needs a country code',
        );
      }
      const body = new URLSearchParams({ To: to, ...sender, Body: message.text }).toString();
      const { reminderId } = delivery.facts;
      if (reminderId !== undefined) {
        const db = database.read(delivery.tenantId);
        await insertSmsReminder(db, hashOfNumber(to), reminderId, clock.now());
      }
      await handOver();
      const { status, text, retryAfterMs } = await postOnce({ url: address, headers, body });
      const answer = bodyOf(text);
      if (status >= 200 && status < 300) return { messageId: Sent.safeParse(answer).data?.sid };
      const { code, message: reason } = Refused.safeParse(answer).data ?? {};
      const detail = `${status}${code === undefined ? '' : ` (${code})`}: ${reason ?? 'no reason given'}`;
      if (status === 401 || status === 403) {
        throw new ProviderError('later', 'login_refused', detail);
      }
      if (status === 429 || status >= 500) {
        throw new ProviderError('later', 'provider_busy', detail, { retryAfterMs });
      }
      throw new ProviderError('refused', 'refused', detail);
    },
  };
};
