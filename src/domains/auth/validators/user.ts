import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { PageQuery } from '../../../shared/types/page.ts';
import { NewPassword } from '../../../shared/types/password.ts';
import { TenantRole, User } from '../models/user.ts';

const { email, firstName, lastName, active } = User.shape;
const roleId = User.shape.roleId.meta({
  description: 'A role of the clinic’s own, for a doctor or a receptionist; null takes it away',
});

export const CreateUser = z.strictObject({
  email,
  password: NewPassword,
  firstName,
  lastName,
  role: TenantRole,
  roleId: roleId.default(null),
});
export type CreateUser = z.output<typeof CreateUser>;

/** Only the given fields change, except that a `role` without a `roleId` replaces the role of the clinic's own too. */
export const UpdateUser = z.strictObject({ firstName, lastName, active, role: TenantRole, roleId }).partial();
export type UpdateUser = z.output<typeof UpdateUser>;

export const UserParams = z.object({ id: Id });

export const ListUsers = PageQuery.extend({
  role: TenantRole.optional(),
  q: z
    .string()
    .trim()
    .max(100)
    .optional()
    .meta({ description: 'The beginning of a name or an email address' }),
});
export type ListUsers = z.output<typeof ListUsers>;
