import { z } from 'zod';
import { isTimeZone } from '../time/wall-clock.ts';

/** Text that says something: trimmed, not empty, and at most as long as its column. */
export const text = (maxLength: number) => z.string().trim().min(1).max(maxLength);

export const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin')
  .meta({ example: 'Europe/Berlin' });

/** A BCP 47 language tag. */
export const Language = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language tag such as de or en-GB')
  .meta({ example: 'de' });

/** Lower case, whatever was typed: one mailbox is one account. */
export const Email = z.email().max(254).toLowerCase().meta({ example: 'ada@example.org' });

export const Phone = z
  .string()
  .regex(/^\+?[0-9][0-9 ().-]{3,30}$/, 'must be a phone number such as +49 30 1234567')
  .meta({ example: '+49 30 1234567' });

/** ISO 4217 minor units. */
export const Money = z
  .strictObject({
    amount: z.int().min(0).max(2_000_000_000),
    currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as EUR'),
  })
  .meta({ id: 'Money', example: { amount: 12500, currency: 'EUR' } });
