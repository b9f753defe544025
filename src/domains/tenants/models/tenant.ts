import { z } from 'zod';
import { Language, text, TimeZone } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { type BookingSettings, defaultBookingSettings } from './booking-settings.ts';
import { Plan } from './plan.ts';
import { Subdomain } from './subdomain.ts';

/** What a booking page shows of a clinic. */
export const Branding = z
  .strictObject({
    logoUrl: z
      .url({ protocol: /^https$/, error: 'must be an https address' })
      .max(500)
      .nullable(),
    primaryColor: z
      .string()
      .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #3366ff')
      .nullable(),
  })
  .meta({ id: 'Branding' });
export type Branding = z.output<typeof Branding>;

export const noBranding: Branding = { logoUrl: null, primaryColor: null };

/** What everybody may know of a clinic. */
export const PublicTenant = z
  .object({
    id: Id,
    name: text(200),
    subdomain: Subdomain,
    timezone: TimeZone,
    locale: Language,
    branding: Branding,
    version: z.int(),
  })
  .meta({ id: 'Tenant' });

/** A clinic on this installation. */
export const Tenant = PublicTenant.extend({
  status: z.enum(['active', 'suspended', 'deleting']),
  plan: Plan,
  /** When it is deleted for good; null: it is not to be. */
  deleteAfter: Instant.nullable(),
  /** What the clinic has set; {@link settingsOf} adds the defaults. */
  ownSettings: z.custom<Partial<BookingSettings>>((value) => typeof value === 'object' && value !== null),
  createdAt: Instant,
  updatedAt: Instant,
});
export type Tenant = Readonly<z.output<typeof Tenant>>;

/** Every booking rule of a clinic, set or by default. */
export const settingsOf = ({ ownSettings }: Tenant): BookingSettings => ({
  ...defaultBookingSettings,
  ...ownSettings,
});
