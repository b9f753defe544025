import { z } from 'zod';
import { clinicPermissions, roles } from '../../../shared/config/permissions.ts';
import { text } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

const isBuiltIn = (name: string) => (roles as readonly string[]).includes(name.toLowerCase());

/** Some of what a clinic can give, each once. */
export const Permissions = z
  .array(z.enum(clinicPermissions))
  .max(clinicPermissions.length)
  .refine((given) => new Set(given).size === given.length, 'must not repeat a permission');

/** A role that the clinic has made: what whoever has it may do, in place of what their built-in role may. */
export const CustomRole = z
  .object({
    id: Id,
    name: text(100).refine((name) => !isBuiltIn(name), 'is the name of a built-in role'),
    permissions: Permissions,
    version: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Role' });
export type CustomRole = z.output<typeof CustomRole>;
