import { z } from 'zod';
import { type Role, roles } from '../../../shared/config/permissions.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { Id } from '../../../shared/types/id.ts';

/** What the account has to be given before it may do anything else. */
const Lack = z.enum(['email_not_verified', 'mfa_setup_required']);
type Lack = z.output<typeof Lack>;

/** Who an access token or an API key speaks for. */
export type Identity = Pick<
  Ctx,
  | 'tenantId'
  | 'userId'
  | 'sessionId'
  | 'apiKeyId'
  | 'role'
  | 'roleId'
  | 'permissions'
  | 'doctorId'
  | 'patientId'
> & { readonly lacks?: Lack };

/** What holds for a session as long as it lasts. */
export const Standing = z.object({
  userId: Id,
  role: z.enum(roles),
  roleId: Id.exactOptional(),
  doctorId: Id.exactOptional(),
  patientId: Id.exactOptional(),
  lacks: Lack.exactOptional(),
});
export type Standing = z.output<typeof Standing>;

type Account = {
  readonly role: Role;
  readonly emailVerifiedAt: Date | null;
  readonly mfaSince: Date | null;
};
type Demands = { readonly requireEmailVerification: boolean; readonly requireMfaForStaff: boolean };

/** Patients open their accounts themselves; for the address of a colleague an administrator has vouched. */
export const lackOf = (
  { role, emailVerifiedAt, mfaSince }: Account,
  { requireEmailVerification, requireMfaForStaff }: Demands,
): Lack | undefined => {
  if (role === 'patient')
    return requireEmailVerification && !emailVerifiedAt ? 'email_not_verified' : undefined;
  return requireMfaForStaff && !mfaSince ? 'mfa_setup_required' : undefined;
};

const hasProfile = ({ role, doctorId, patientId }: Standing): boolean => {
  if (role === 'doctor') return doctorId !== undefined;
  return role !== 'patient' || patientId !== undefined;
};

/** Whether nothing is missing: what is may come at any moment, and then holds at once. */
export const isComplete = (standing: Standing): boolean =>
  standing.lacks === undefined && hasProfile(standing);
