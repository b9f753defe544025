import { z } from 'zod';
import { roles } from '../../../shared/config/permissions.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { Id } from '../../../shared/types/id.ts';

/** What the account has to be given before it may do anything else. */
type Lack = 'email_not_verified' | 'mfa_setup_required';

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
  | 'dependantIds'
> & { readonly lacks?: Lack };

/** Who somebody is. */
export const Standing = z.object({
  userId: Id,
  role: z.enum(roles),
  roleId: Id.exactOptional(),
  doctorId: Id.exactOptional(),
  patientId: Id.exactOptional(),
});
export type Standing = z.output<typeof Standing>;

/** What holds for a session as long as it lasts, and how far its account is set up. */
export const SessionStanding = Standing.extend({
  /** Whether the address is the account's own, and not only claimed. */
  ownsEmail: z.boolean(),
  emailVerified: z.boolean(),
  hasSecondFactor: z.boolean(),
});
export type SessionStanding = z.output<typeof SessionStanding>;

type Demands = { readonly requireEmailVerification: boolean; readonly requireMfaForStaff: boolean };

/**
 * Patients open their accounts themselves; for the address of a colleague an administrator has vouched. An address that is
 * only claimed has to be proved, whatever the clinic asks for by now.
 */
export const lackOf = (
  {
    role,
    ownsEmail,
    emailVerified,
    hasSecondFactor,
  }: Omit<SessionStanding, keyof Standing> & Pick<Standing, 'role'>,
  { requireEmailVerification, requireMfaForStaff }: Demands,
): Lack | undefined => {
  if (!ownsEmail) return 'email_not_verified';
  if (role === 'patient')
    return requireEmailVerification && !emailVerified ? 'email_not_verified' : undefined;
  return requireMfaForStaff && !hasSecondFactor ? 'mfa_setup_required' : undefined;
};

/** Whether the profile is there: one that is missing may come at any moment, and then holds at once. */
export const isComplete = ({ role, doctorId, patientId }: Standing): boolean => {
  if (role === 'doctor') return doctorId !== undefined;
  return role !== 'patient' || patientId !== undefined;
};
