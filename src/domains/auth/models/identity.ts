import { z } from 'zod';
import { roles } from '../../../shared/config/permissions.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { Id } from '../../../shared/types/id.ts';

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
>;

/** What holds for a session as long as it lasts. */
export const Standing = z.object({
  userId: Id,
  role: z.enum(roles),
  roleId: Id.exactOptional(),
  doctorId: Id.exactOptional(),
  patientId: Id.exactOptional(),
});
export type Standing = z.output<typeof Standing>;

/** Whether the user has the profile that the role needs; one that is missing may be made at any moment. */
export const hasProfile = ({ role, doctorId, patientId }: Standing): boolean => {
  if (role === 'doctor') return doctorId !== undefined;
  return role !== 'patient' || patientId !== undefined;
};
