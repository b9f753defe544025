import type { AuditTrail } from '../../../database/audit.ts';
import type { Database } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { PLATFORM } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import { demandUnlikeOwner } from '../models/unlike-owner.ts';
import { authProblems } from '../problems.ts';
import { useUpLinks } from '../repositories/account-link.repository.ts';
import { findFactor } from '../repositories/second-factor.repository.ts';
import {
  findAccount,
  findAccountToChange,
  findUser,
  updatePassword,
} from '../repositories/user.repository.ts';
import type { ChangePassword, Me } from '../validators/credentials.ts';
import type { LoginGuard } from './login-guard.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { EndSessions } from './session-ender.ts';
import type { SessionStandings } from './session-standings.ts';

type Deps = {
  database: Database;
  audit: AuditTrail;
  clock: Clock;
  tenants: TenantsPort;
  passwords: PasswordHasher;
  guard: LoginGuard;
  endSessions: EndSessions;
  standings: SessionStandings;
};
export type OwnAccountService = ReturnType<typeof createOwnAccountService>;

/** What users see and change of themselves. */
export const createOwnAccountService = (deps: Deps) => {
  const { database, audit, clock, tenants, passwords, guard, endSessions, standings } = deps;
  return {
    me: async (ctx: Ctx): Promise<Me> => {
      const db = database.read(ctx.tenantId);
      const [user, tenant, factor] = await Promise.all([
        findUser(db, ctx.userId),
        tenants.findById(ctx.tenantId),
        findFactor(db, ctx.userId),
      ]);
      if (!user || !tenant) throw new AppError(commonProblems.session_revoked);
      const { id, email, role, roleId, firstName, lastName, emailVerifiedAt } = user;
      return {
        ...{ id, email, role, roleId, firstName, lastName },
        permissions: [...ctx.permissions],
        tenant:
          tenant.id === PLATFORM
            ? null
            : {
                id: tenant.id,
                name: tenant.name,
                subdomain: tenant.subdomain,
                timezone: tenant.timezone,
                locale: tenant.locale,
              },
        ...(ctx.apiKeyId !== undefined && { apiKeyId: ctx.apiKeyId }),
        ...(ctx.doctorId !== undefined && { doctorId: ctx.doctorId }),
        ...(ctx.patientId !== undefined && { patientId: ctx.patientId }),
        emailVerified: emailVerifiedAt !== null,
        mfaEnabled: factor?.activatedAt != null,
      };
    },

    /** Whoever may have known the old password is logged out; the session that asks goes on. */
    changePassword: async (ctx: Ctx, { currentPassword, newPassword }: ChangePassword): Promise<void> => {
      const account = await findAccount(database.read(ctx.tenantId), ctx.userId);
      if (!account) throw new AppError(commonProblems.session_revoked);
      await guard.watch(ctx, `own password of ${ctx.userId}`, async () => {
        if (!(await passwords.matches(currentPassword, account.passwordHash)))
          throw new AppError(authProblems.invalid_credentials, 'The current password is wrong.');
      });
      demandUnlikeOwner(newPassword, account.user, await tenants.findById(ctx.tenantId), '/newPassword');
      const passwordHash = await passwords.hash(newPassword);
      const ended = await database.transaction(ctx, async (tx) => {
        const current = await findAccountToChange(tx, ctx.userId);
        // Somebody has changed it while the hashes were made.
        if (current?.passwordHash !== account.passwordHash)
          throw new AppError(authProblems.invalid_credentials);
        await updatePassword(tx, ctx.userId, passwordHash, clock.now());
        await useUpLinks(tx, 'password_reset', account.user.email, clock.now());
        const entry = { action: 'user.password_changed', resourceType: 'user', resourceId: ctx.userId };
        await audit.record(tx, ctx, entry);
        return endSessions(tx, ctx, ctx.userId, { except: ctx.sessionId });
      });
      await standings.haveEnded(ctx.tenantId, ended);
    },
  };
};
