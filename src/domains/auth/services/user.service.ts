import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { decodeCursor, IdPosition, type Page, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, invalid } from '../../../shared/utils/errors.ts';
import { demandVersion, nextVersion } from '../../../shared/utils/versions.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import { permissionsOf } from '../../../shared/config/permissions.ts';
import { demandUnlikeOwner } from '../models/unlike-owner.ts';
import { isActiveStaff, leavesNoAdmin, mayHaveOwnRole, type User } from '../models/user.ts';
import { authProblems } from '../problems.ts';
import { useUpLinks } from '../repositories/account-link.repository.ts';
import { findRoleToGive } from '../repositories/custom-role.repository.ts';
import { removeFactor } from '../repositories/second-factor.repository.ts';
import {
  countStaff,
  findAccountToChange,
  findUser,
  listUsers,
  lockAdmins,
  removeUser,
  updateUser,
} from '../repositories/user.repository.ts';
import type { CreateUser, ListUsers, UpdateUser } from '../validators/user.ts';
import type { AccountOpener } from './account-opener.ts';
import type { ApiKeyStandings } from './api-key-standings.ts';
import { demandPower } from './giving.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { EndSessions } from './session-ender.ts';
import type { SessionStandings } from './session-standings.ts';

type Deps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  tenants: TenantsPort;
  passwords: PasswordHasher;
  accounts: AccountOpener;
  endSessions: EndSessions;
  standings: SessionStandings;
  apiKeys: ApiKeyStandings;
};
export type UserService = ReturnType<typeof createUserService>;

/** Colleagues know each other; which patients have accounts is for administrators. */
const seesOnlyStaff = (ctx: Ctx) => !ctx.permissions.has('staff:write');

const there = (user: User | undefined): User => {
  if (!user) throw new AppError(authProblems.user_not_found);
  return user;
};

/** What somebody may do, by a role that does not change before the commit. Fails with `role_not_found`. */
const permissionsOfUser = async (tx: Tx, { role, roleId }: Pick<User, 'role' | 'roleId'>) => {
  if (roleId === null) return permissionsOf(role);
  if (!mayHaveOwnRole(role))
    throw invalid('/roleId', 'is for doctors and receptionists; name one of these as the role, too');
  const given = await findRoleToGive(tx, roleId);
  if (!given) throw new AppError(authProblems.role_not_found);
  return given.permissions;
};

const roleIdAfter = (current: User, { role, roleId }: UpdateUser): string | null => {
  if (roleId !== undefined) return roleId;
  return role === undefined ? current.roleId : null;
};

/** Who can log in to the clinic, as its administrators see and change it. */
export const createUserService = (deps: Deps) => {
  const { database, audit, outbox, clock, tenants, passwords, accounts } = deps;
  const { endSessions, standings, apiKeys } = deps;

  const change = async (tx: Tx, ctx: Ctx, id: string, changes: UpdateUser, ifMatch: number | undefined) => {
    const adminIds = await lockAdmins(tx);
    const current = there((await findAccountToChange(tx, id))?.user);
    demandVersion(current, ifMatch);
    const user = nextVersion(current, { ...changes, roleId: roleIdAfter(current, changes) }, clock.now());
    demandPower(ctx, await permissionsOfUser(tx, current));
    demandPower(ctx, await permissionsOfUser(tx, user));
    if (leavesNoAdmin(adminIds, id, user)) throw new AppError(authProblems.last_admin);
    if (isActiveStaff(user) && !isActiveStaff(current)) await tenants.demandPlace(tx, 'maxUsers', countStaff);
    await updateUser(tx, user);
    await accounts.ensureProfile(tx, ctx, user);
    await audit.record(tx, ctx, {
      action: 'user.updated',
      resourceType: 'user',
      resourceId: id,
      changes,
    });
    const { role, active } = user;
    await outbox.publish(tx, ctx, { type: 'user.updated', payload: { userId: id, role, active } });
    const mayDoOther = role !== current.role || user.roleId !== current.roleId || active !== current.active;
    return { user, ended: mayDoOther ? await endSessions(tx, ctx, id) : [] };
  };

  /** Hidden for good; the patient or doctor that they were stays. */
  const remove = async (tx: Tx, ctx: Ctx, id: string, ifMatch: number | undefined) => {
    const adminIds = await lockAdmins(tx);
    const user = there((await findAccountToChange(tx, id))?.user);
    demandVersion(user, ifMatch);
    demandPower(ctx, await permissionsOfUser(tx, user));
    if (leavesNoAdmin(adminIds, id, { ...user, active: false })) throw new AppError(authProblems.last_admin);
    await removeUser(tx, id, clock.now());
    await removeFactor(tx, id);
    await useUpLinks(tx, 'password_reset', user.email, clock.now());
    await audit.record(tx, ctx, { action: 'user.deleted', resourceType: 'user', resourceId: id });
    await outbox.publish(tx, ctx, { type: 'user.deleted', payload: { userId: id, role: user.role } });
    return endSessions(tx, ctx, id);
  };

  /** For somebody who has lost authenticator and codes: they log in with the password, and set up another. */
  const clearFactor = async (tx: Tx, ctx: Ctx, id: string) => {
    const user = there((await findAccountToChange(tx, id))?.user);
    demandPower(ctx, await permissionsOfUser(tx, user));
    await removeFactor(tx, id);
    await audit.record(tx, ctx, { action: 'user.mfa_reset', resourceType: 'user', resourceId: id });
    return endSessions(tx, ctx, id);
  };

  return {
    create: async (ctx: Ctx, { password, ...fields }: CreateUser): Promise<User> => {
      demandUnlikeOwner(password, fields, await tenants.findById(ctx.tenantId), '/password');
      const passwordHash = await passwords.hash(password);
      return database.transaction(ctx, async (tx) => {
        demandPower(ctx, await permissionsOfUser(tx, fields));
        return accounts.open(tx, ctx, 'user.created', { ...fields, passwordHash });
      });
    },

    list: async (ctx: Ctx, { limit, cursor, role, q }: ListUsers): Promise<Page<User>> => {
      const after = decodeCursor(IdPosition, cursor)?.[0];
      const filter = { limit, after, role, q, staffOnly: seesOnlyStaff(ctx) };
      const users = await listUsers(database.read(ctx.tenantId), filter);
      return toPage(users, limit, (last) => [last.id]);
    },

    get: async (ctx: Ctx, id: string): Promise<User> => {
      const user = there(await findUser(database.read(ctx.tenantId), id));
      return there(seesOnlyStaff(ctx) && user.role === 'patient' ? undefined : user);
    },

    /** Another role, or none any more, ends the sessions that the user has. */
    update: async (ctx: Ctx, id: string, changes: UpdateUser, ifMatch: number | undefined): Promise<User> => {
      const { user, ended } = await database.transaction(ctx, (tx) => change(tx, ctx, id, changes, ifMatch));
      await standings.haveEnded(ctx.tenantId, ended);
      await apiKeys.haveChanged(ctx.tenantId);
      return user;
    },

    /** Ends their sessions; the address is free again. */
    remove: async (ctx: Ctx, id: string, ifMatch: number | undefined): Promise<void> => {
      const ended = await database.transaction(ctx, (tx) => remove(tx, ctx, id, ifMatch));
      await standings.haveEnded(ctx.tenantId, ended);
      await apiKeys.haveChanged(ctx.tenantId);
    },

    resetMfa: async (ctx: Ctx, id: string): Promise<void> => {
      const ended = await database.transaction(ctx, (tx) => clearFactor(tx, ctx, id));
      await standings.haveEnded(ctx.tenantId, ended);
    },
  };
};
