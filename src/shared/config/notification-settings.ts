import { z } from 'zod';
import { countryCode, hosts, milliseconds, text, wholeNumber } from './variables.ts';

const HOUR_MS = 3_600_000;

/** How messages are sent, and over what. */
export const notificationVariables = {
  /** How often it is looked for reminders and messages that are due. */
  NOTIFICATION_SWEEP_MS: milliseconds(10).default(1_000),
  /** How long a message that cannot be delivered just now is tried again. */
  DELIVERY_GIVE_UP_HOURS: wholeNumber(1, 168).default(24),
  /** After this time a sender that was not heard of is taken for dead. Longer than any provider takes. */
  DELIVERY_LEASE_MS: milliseconds(100).default(120_000),
  /** After this time a message that waits in a queue is put in again: the queue may have lost it. */
  DELIVERY_REQUEUE_MS: milliseconds(100).default(60_000),
  MAIL_PER_MINUTE: wholeNumber(1, 1_000_000).default(600),
  SMS_PER_MINUTE: wholeNumber(1, 1_000_000).default(60),
  PUSH_PER_MINUTE: wholeNumber(1, 1_000_000).default(6_000),

  /** SMS: the account at Twilio, or at anybody who speaks the same API at another address. */
  SMS_ACCOUNT_SID: text.optional(),
  SMS_AUTH_TOKEN: text.optional(),
  SMS_FROM: text.optional(),
  SMS_API_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .default('https://api.twilio.com'),
  /** Of numbers that are written without one, such as 49. */
  SMS_COUNTRY_CODE: countryCode.optional(),

  /** Web Push: the keys of this installation (`npx web-push generate-vapid-keys`). */
  VAPID_PUBLIC_KEY: text.optional(),
  VAPID_PRIVATE_KEY: text.optional(),
  /** Whom a push service tells of trouble: mailto: or https:. Default: the postmaster of APP_DOMAIN. */
  VAPID_SUBJECT: z
    .url({ protocol: /^(mailto|https)$/, error: 'must be a mailto or https address' })
    .optional(),
  /** Push services beside those of the known browsers: hosts, separated by commas. */
  PUSH_HOSTS: hosts.default([]),
};
type Variables = z.output<z.ZodObject<typeof notificationVariables>>;

/** What is of use only as a whole. */
const WHOLES = [
  ['SMS_ACCOUNT_SID', 'SMS_AUTH_TOKEN', 'SMS_FROM'],
  ['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY'],
] as const;

export const missingParts = (env: Variables): string[] =>
  WHOLES.flatMap((whole) => {
    const missing = whole.filter((name) => env[name] === undefined);
    return missing.length === whole.length
      ? []
      : missing.map((name) => `${name} is missing beside the others`);
  });

/** Configured as a whole, or not at all; {@link complaints} tells of a part that is missing. */
const smsOf = (env: Variables) => {
  const { SMS_ACCOUNT_SID: accountSid, SMS_AUTH_TOKEN: authToken, SMS_FROM: from } = env;
  if (accountSid === undefined || authToken === undefined || from === undefined) return undefined;
  const url = env.SMS_API_URL.replace(/\/+$/, '');
  return { url, accountSid, authToken, from, countryCode: env.SMS_COUNTRY_CODE };
};

const pushOf = (env: Variables, appDomain: string) => {
  const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey } = env;
  if (publicKey === undefined || privateKey === undefined) return undefined;
  return { publicKey, privateKey, subject: env.VAPID_SUBJECT ?? `mailto:postmaster@${appDomain}` };
};

export const notificationsOf = (env: Variables & { readonly APP_DOMAIN: string }) => ({
  sweepMs: env.NOTIFICATION_SWEEP_MS,
  giveUpAfterMs: env.DELIVERY_GIVE_UP_HOURS * HOUR_MS,
  leaseMs: env.DELIVERY_LEASE_MS,
  requeueAfterMs: env.DELIVERY_REQUEUE_MS,
  perMinute: { email: env.MAIL_PER_MINUTE, sms: env.SMS_PER_MINUTE, push: env.PUSH_PER_MINUTE },
  sms: smsOf(env),
  push: pushOf(env, env.APP_DOMAIN.toLowerCase()),
  pushHosts: env.PUSH_HOSTS,
});
