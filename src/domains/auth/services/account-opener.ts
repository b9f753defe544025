import type { AuditTrail } from '../../../database/audit.ts';
import type { Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx, TenantCtx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { PatientsPort } from '../../patients/index.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import type { User } from '../models/user.ts';
import {
  deleteRegistration,
  findRegistration,
  insertRegistration,
} from '../repositories/registration.repository.ts';
import { countStaff, giveEmail, insertUser } from '../repositories/user.repository.ts';

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

  const userOf = ({ email, firstName, lastName, role, roleId = null }: NewAccount): User => {
    const now = clock.now();
    return {
      ...{ id: newId(), email, firstName, lastName, role, roleId },
      ...{ active: true, emailVerifiedAt: null, version: 1, createdAt: now, updatedAt: now },
    };
  };

  const record = (tx: Tx, ctx: Actor, how: How, { id, email, role, roleId }: User) =>
    audit.record(
      tx,
      { userId: id, role, ...ctx },
      { action: how, resourceType: 'user', resourceId: id, changes: { email, role, roleId } },
    );

  return {
    open: async (tx: Tx, ctx: Actor, how: How, account: NewAccount): Promise<User> => {
      const user = userOf(account);
      const { role } = user;
      if (role !== 'patient') await tenants.demandPlace(tx, 'maxUsers', countStaff);
      await insertUser(tx, user, account.passwordHash);
      await record(tx, ctx, how, user);
      await outbox.publish(tx, ctx, { type: how, payload: { userId: user.id, role } });
      if (role === 'patient') await createProfile(tx, ctx, user, account);
      return user;
    },

    /** For a patient who has to prove the address first. Whether another account has it makes no difference to anything here. */
    register: async (tx: Tx, ctx: Actor, account: NewAccount): Promise<User> => {
      const user = userOf(account);
      const { id: userId, email, createdAt } = user;
      const { phone = null, dateOfBirth = null } = account;
      await insertUser(tx, { ...user, email: null }, account.passwordHash);
      await insertRegistration(tx, { userId, email, phone, dateOfBirth }, createdAt);
      await record(tx, ctx, 'user.registered', user);
      return user;
    },

    /** The address is proved: whoever registered with it has it from now on, and is a patient. Fails with `email_taken`. */
    complete: async (tx: Tx, ctx: Actor, user: User): Promise<void> => {
      const registration = await findRegistration(tx, user.id);
      if (!registration) return;
      await giveEmail(tx, user.id, registration.email);
      await deleteRegistration(tx, user.id);
      const payload = { userId: user.id, role: user.role };
      await outbox.publish(tx, ctx, { type: 'user.registered', payload });
      if (user.role === 'patient') await createProfile(tx, ctx, user, registration);
    },

    /** For a user who becomes a patient. */
    ensureProfile: async (tx: Tx, ctx: Actor, user: User): Promise<void> => {
      if (user.role === 'patient' && !(await patients.patientOfUser(tx, user.id)))
        await createProfile(tx, ctx, user);
    },
  };
};
