import { z } from 'zod';
import { Email, text } from '../../../shared/types/fields.ts';
import { NewPassword } from '../../../shared/types/password.ts';
import { BookingSettings } from '../models/booking-settings.ts';
import { Branding, PublicTenant } from '../models/tenant.ts';

/** Whoever signs a clinic up becomes its first administrator. */
export const Owner = z.strictObject({
  email: Email,
  password: NewPassword,
  firstName: text(100),
  lastName: text(100),
});
export type Owner = z.output<typeof Owner>;

const { name, subdomain, timezone, locale } = PublicTenant.shape;

export const SignUp = z.strictObject({
  name,
  subdomain,
  timezone,
  locale: locale.default('en'),
  owner: Owner,
});
export type SignUp = z.output<typeof SignUp>;

/** Only the given fields change. */
export const UpdateTenant = z.strictObject({
  name: name.optional(),
  timezone: timezone.optional(),
  locale: locale.optional(),
  branding: z.strictObject(Branding.partial().shape).optional(),
});
export type UpdateTenant = z.output<typeof UpdateTenant>;

/** Only the given rules change. */
export const UpdateSettings = z.strictObject(BookingSettings.partial().shape);
export type UpdateSettings = z.output<typeof UpdateSettings>;

/** Every rule, with the version that `If-Match` asks for. */
export const TenantSettings = z
  .strictObject({ ...BookingSettings.shape, version: z.int() })
  .meta({ id: 'TenantSettings' });
export type TenantSettings = z.output<typeof TenantSettings>;
