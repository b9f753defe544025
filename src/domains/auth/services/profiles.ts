import type { Db } from '../../../database/db.ts';
import type { Role } from '../../../shared/config/permissions.ts';
import type { Standing } from '../models/identity.ts';

/** Finds the profile that a user is. */
export type ProfileOfUser = (db: Db, userId: string) => Promise<string | undefined>;

type Holder = { readonly userId: string; readonly role: Role; readonly roleId: string | null };
export type Profiles = { standingOf(db: Db, holder: Holder): Promise<Standing> };

/** Knows the doctor or the patient that a user is. */
export const createProfiles = ({
  doctorOfUser,
  patientOfUser,
}: {
  doctorOfUser: ProfileOfUser;
  patientOfUser: ProfileOfUser;
}): Profiles => ({
  standingOf: async (db, { userId, role, roleId }) => {
    const doctorId = role === 'doctor' ? await doctorOfUser(db, userId) : undefined;
    const patientId = role === 'patient' ? await patientOfUser(db, userId) : undefined;
    return {
      userId,
      role,
      ...(roleId !== null && { roleId }),
      ...(doctorId !== undefined && { doctorId }),
      ...(patientId !== undefined && { patientId }),
    };
  },
});
