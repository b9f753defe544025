import { z } from 'zod';
import { type Role, roles } from '../../../shared/config/permissions.ts';
import { Email, text } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

/** The roles that an administrator of a clinic can give. */
export const TenantRole = z.enum(roles).exclude(['super_admin']);
export type TenantRole = z.output<typeof TenantRole>;

/** Whether the plan of the clinic counts the user. */
export const isActiveStaff = ({ role, active }: Pick<User, 'role' | 'active'>): boolean =>
  active && role !== 'patient';

/** Who may have a role of the clinic's own: administrators hold everything, patients what is theirs. */
export const mayHaveOwnRole = (role: Role): boolean => role === 'doctor' || role === 'receptionist';

/** Somebody who can log in. The hash of the password is no part of it. */
export const User = z
  .object({
    id: Id,
    email: Email,
    role: z.enum(roles),
    /** The clinic's own role that says what they may do, in place of `role`. */
    roleId: Id.nullable(),
    firstName: text(100),
    lastName: text(100),
    active: z.boolean(),
    /** When they proved to receive mail at the address. */
    emailVerifiedAt: Instant.nullable(),
    version: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'User' });
export type User = z.output<typeof User>;

/** Whether the change would leave the clinic without an active administrator. */
export const leavesNoAdmin = (
  adminIds: readonly string[],
  userId: string,
  next: { readonly role: Role; readonly active: boolean },
): boolean =>
  adminIds.includes(userId) && adminIds.length === 1 && !(next.role === 'tenant_admin' && next.active);
