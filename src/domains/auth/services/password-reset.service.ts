import type { AuditTrail } from '../../../database/audit.ts';
import type { Database } from '../../../database/db.ts';
import type { RequestCtx, TenantCtx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import { demandUnlikeOwner } from '../models/unlike-owner.ts';
import { authProblems } from '../problems.ts';
import { useUpLinks } from '../repositories/account-link.repository.ts';
import {
  findAccountByEmail,
  findUser,
  findUserToChange,
  markEmailVerified,
  updatePassword,
} from '../repositories/user.repository.ts';
import type { ForgotPassword, ResetPassword } from '../validators/account.ts';
import type { AccountLinks } from './account-links.ts';
import type { LetterLimit } from './letter-limit.ts';
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
  endSessions: EndSessions;
  standings: SessionStandings;
  links: AccountLinks;
  letters: LetterLimit;
  guard: LoginGuard;
};
export type PasswordReset = ReturnType<typeof createPasswordReset>;

/** A new password for whoever receives mail at the address of the account. */
export const createPasswordReset = (deps: Deps) => {
  const { database, audit, clock, tenants, passwords, endSessions, standings, links, letters, guard } = deps;
  return {
    /** Does the same, and takes as long, whether the address is known or not; only the letter is not sent. */
    forgot: async (ctx: TenantCtx, { email }: ForgotPassword): Promise<void> => {
      if (!(await letters.allows(ctx.tenantId, email))) return;
      const account = await findAccountByEmail(database.read(ctx.tenantId), email);
      const userId = account?.user.active ? account.user.id : null;
      await database.transaction(ctx, async (tx) => {
        const link = await links.send(tx, ctx, { purpose: 'password_reset', userId, email });
        const resource = { resourceType: 'account_link', resourceId: link.id };
        await audit.record(tx, ctx, { action: 'user.password_forgotten', ...resource });
      });
    },

    /** Every session ends: whoever knew the old password is out. A second factor stays as it is. */
    reset: async (ctx: RequestCtx, { token, newPassword }: ResetPassword): Promise<void> => {
      const given = await links.open(ctx, token);
      const { tenantId } = given.ctx;
      const { userId, email } = await links.look(given, 'password_reset');
      const owner = userId === null ? undefined : await findUser(database.read(tenantId), userId);
      if (!owner) throw new AppError(authProblems.link_expired);
      demandUnlikeOwner(newPassword, owner, await tenants.findById(tenantId), '/newPassword');
      const passwordHash = await passwords.hash(newPassword);
      const ended = await database.transaction(given.ctx, async (tx) => {
        await links.take(tx, given, 'password_reset');
        const user = await findUserToChange(tx, owner.id);
        if (!user?.active) throw new AppError(authProblems.link_expired);
        await updatePassword(tx, user.id, passwordHash, clock.now());
        await markEmailVerified(tx, user.id, clock.now());
        await useUpLinks(tx, 'password_reset', email, clock.now());
        const actor = { ...given.ctx, userId: user.id, role: user.role };
        const entry = { action: 'user.password_reset', resourceType: 'user', resourceId: user.id };
        await audit.record(tx, actor, entry);
        return endSessions(tx, given.ctx, user.id);
      });
      await standings.haveEnded(tenantId, ended);
      await guard.forget(given.ctx, email);
    },
  };
};
