import { z } from 'zod';
import { Instant } from '../../../shared/types/instant.ts';
import { Plan } from './plan.ts';
import { PublicTenant } from './tenant.ts';

/** A clinic as the operator of the installation sees it; nothing of what is in it. */
export const PlatformTenant = z
  .object({
    ...PublicTenant.omit({ branding: true }).shape,
    status: z.enum(['active', 'suspended', 'deleting']).meta({ example: 'active' }),
    plan: Plan,
    deleteAfter: Instant.nullable().meta({
      description: 'When it is deleted for good, unless it is activated before',
    }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'PlatformTenant' });
