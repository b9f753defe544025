import { z } from 'zod';
import { Language, text, TimeZone } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { type BookingSettings, defaultBookingSettings } from './booking-settings.ts';
import type { Plan } from './plan.ts';
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
export type Tenant = z.output<typeof PublicTenant> & {
  readonly status: 'active' | 'suspended' | 'deleting';
  readonly plan: Plan;
  /** When it is deleted for good; null: it is not to be. */
  readonly deleteAfter: Date | null;
  /** What the clinic has set; {@link settingsOf} adds the defaults. */
  readonly ownSettings: Partial<BookingSettings>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** Every booking rule of a clinic, set or by default. */
export const settingsOf = ({ ownSettings }: Tenant): BookingSettings => ({
  ...defaultBookingSettings,
  ...ownSettings,
});
