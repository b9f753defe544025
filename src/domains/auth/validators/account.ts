import { z } from 'zod';
import { Email } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { PageQuery } from '../../../shared/types/page.ts';
import { NewPassword } from '../../../shared/types/password.ts';
import { TenantRole, User } from '../models/user.ts';

/** What a link in a letter carries. */
const LinkToken = z.string().min(1).max(200);

export const VerifyEmail = z.strictObject({ token: LinkToken });
export type VerifyEmail = z.output<typeof VerifyEmail>;

export const ForgotPassword = z.strictObject({ email: Email });
export type ForgotPassword = z.output<typeof ForgotPassword>;

export const ResetPassword = z.strictObject({ token: LinkToken, newPassword: NewPassword });
export type ResetPassword = z.output<typeof ResetPassword>;

const { firstName, lastName } = User.shape;

/** Names may be left to whoever is invited. */
export const Invite = z.strictObject({
  email: Email,
  role: TenantRole,
  firstName: firstName.optional(),
  lastName: lastName.optional(),
});
export type Invite = z.output<typeof Invite>;

export const AcceptInvitation = z.strictObject({
  token: LinkToken,
  password: NewPassword,
  firstName: firstName.optional(),
  lastName: lastName.optional(),
});
export type AcceptInvitation = z.output<typeof AcceptInvitation>;

export const InvitationParams = z.object({ id: Id });
export const ListInvitations = PageQuery;
export type ListInvitations = PageQuery;
