import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

const base64Url = (bytes: number, example: string) =>
  z
    .string()
    .refine(
      (text) => /^[\w-]+=*$/.test(text) && Buffer.from(text, 'base64url').length === bytes,
      `must be ${bytes} bytes in base64url`,
    )
    .meta({ example });

/** What `PushSubscription.toJSON()` of a browser gives (W3C Push API). */
export const NewPushSubscription = z.strictObject({
  endpoint: z
    .url({ protocol: /^https$/, error: 'must be an https address' })
    .max(1000)
    .meta({ example: 'https://fcm.googleapis.com/fcm/send/c1KrmpTuRm0:APA91b' }),
  expirationTime: z.number().nullable().optional(),
  keys: z.strictObject({
    /** A point of P-256, uncompressed (RFC 8291). */
    p256dh: base64Url(
      65,
      'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM',
    ),
    auth: base64Url(16, 'tBHItJI5svbpez7KI4CCXg'),
  }),
});
export type NewPushSubscription = z.output<typeof NewPushSubscription>;

/** A browser in which a person is told of things. Its address and its keys are not shown. */
export const PushSubscription = z
  .object({ id: Id, service: z.string().meta({ example: 'fcm.googleapis.com' }), createdAt: Instant })
  .meta({ id: 'PushSubscription' });

export type PushTarget = {
  readonly id: string;
  readonly userId: string;
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly createdAt: Date;
};
export const shownSubscription = ({ id, endpoint, createdAt }: PushTarget) => ({
  id,
  service: new URL(endpoint).host,
  createdAt,
});
