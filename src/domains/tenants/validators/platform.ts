import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { PageQuery } from '../../../shared/types/page.ts';
import { Plan } from '../models/plan.ts';
import { PlatformTenant } from '../models/platform-tenant.ts';

export const TenantParams = z.object({ id: Id });

export const ListTenants = PageQuery.extend({
  q: z
    .string()
    .trim()
    .max(100)
    .optional()
    .meta({ description: 'A part of the name, or the beginning of the subdomain' }),
  status: PlatformTenant.shape.status.optional(),
});
export type ListTenants = z.output<typeof ListTenants>;

/** Only the given limits change. */
export const UpdatePlatformTenant = z.strictObject({ plan: z.strictObject(Plan.partial().shape) });
export type UpdatePlatformTenant = z.output<typeof UpdatePlatformTenant>;
