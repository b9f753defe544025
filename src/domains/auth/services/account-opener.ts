import type { AuditTrail } from '../../../database/audit.ts';
import type { Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx, TenantCtx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { PatientsPort } from '../../patients/index.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import type { User } from '../models/user.ts';
import { countStaff, insertUser } from '../repositories/user.repository.ts';

type Deps = { audit: AuditTrail; outbox: Outbox; clock: Clock; patients: PatientsPort; tenants: TenantsPort };
export type AccountOpener = ReturnType<typeof createAccountOpener>;

export type NewAccount = Pick<User, 'email' | 'firstName' | 'lastName' | 'role'> & {
  readonly passwordHash: string;
  readonly roleId?: string | null;
  readonly phone?: string | null;
  readonly dateOfBirth?: string | null;
};
type Actor = TenantCtx & Partial<Pick<Ctx, 'userId' | 'role' | 'apiKeyId'>>;
/** By the owner, or for the owner by an administrator. */
type How = 'user.registered' | 'user.created';

/** Opens accounts; that of a patient together with the patient. Fails with `email_taken` or `plan_limit_reached`. */
export const createAccountOpener = ({ audit, outbox, clock, patients, tenants }: Deps) => {
  const createProfile = (tx: Tx, ctx: Actor, user: User, account: Partial<NewAccount> = {}) =>
    patients.createProfile(tx, ctx, {
      userId: user.id,
      firstName: user.firstName,
      lastName: user.lastName,
      email: user.email,
      phone: account.phone ?? null,
      dateOfBirth: account.dateOfBirth ?? null,
    });

  return {
    open: async (tx: Tx, ctx: Actor, how: How, account: NewAccount): Promise<User> => {
      const { email, firstName, lastName, role } = account;
      const now = clock.now();
      const user: User = {
        id: newId(),
        email,
        firstName,
        lastName,
        role,
        roleId: account.roleId ?? null,
        active: true,
        emailVerifiedAt: null,
        version: 1,
        createdAt: now,
        updatedAt: now,
      };
      if (role !== 'patient') await tenants.demandPlace(tx, 'maxUsers', countStaff);
      await insertUser(tx, user, account.passwordHash);
      await audit.record(
        tx,
        { userId: user.id, role, ...ctx },
        {
          action: how,
          resourceType: 'user',
          resourceId: user.id,
          changes: { email, role, roleId: user.roleId },
        },
      );
      await outbox.publish(tx, ctx, { type: how, payload: { userId: user.id, role } });
      if (role === 'patient') await createProfile(tx, ctx, user, account);
      return user;
    },

    /** For a user who becomes a patient. */
    ensureProfile: async (tx: Tx, ctx: Actor, user: User): Promise<void> => {
      if (user.role === 'patient' && !(await patients.patientOfUser(tx, user.id)))
        await createProfile(tx, ctx, user);
    },
  };
};
