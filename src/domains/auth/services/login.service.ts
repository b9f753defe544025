import type { AuditTrail } from '../../../database/audit.ts';
import type { Database } from '../../../database/db.ts';
import type { TenantCtx } from '../../../shared/types/context.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import type { User } from '../models/user.ts';
import { authProblems } from '../problems.ts';
import { findAccountByEmail, findAccountToChange } from '../repositories/user.repository.ts';
import type { Login, SignedIn } from '../validators/credentials.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { SessionStarter } from './session-starter.ts';

type Deps = {
  database: Database;
  audit: AuditTrail;
  logger: Logger;
  passwords: PasswordHasher;
  sessions: SessionStarter;
};

/** Neither what is answered nor how long it takes tells an unknown address from a wrong password. */
export const createLogin = ({ database, audit, logger, passwords, sessions }: Deps) => {
  const noteFailure = (ctx: TenantCtx, user: User) => {
    const entry = { action: 'user.login_failed', resourceType: 'user', resourceId: user.id };
    database
      .transaction(ctx, (tx) => audit.record(tx, ctx, entry))
      .catch((error: unknown) => {
        logger.error({ err: error, requestId: ctx.requestId }, 'A failed login could not be recorded');
      });
  };

  return async (ctx: TenantCtx, { email, password }: Login): Promise<SignedIn> => {
    const account = await findAccountByEmail(database.read(ctx.tenantId), email);
    const matches = await passwords.matches(password, account?.passwordHash);
    if (!account || !matches || !account.user.active) {
      if (account) noteFailure(ctx, account.user); // not awaited: the wait would tell that the address is known
      throw new AppError(authProblems.invalid_credentials);
    }
    return database.transaction(ctx, async (tx) => {
      const current = await findAccountToChange(tx, account.user.id);
      if (current?.passwordHash !== account.passwordHash || !current.user.active)
        throw new AppError(authProblems.invalid_credentials);
      const { user } = current;
      await audit.record(
        tx,
        { ...ctx, userId: user.id, role: user.role },
        { action: 'user.logged_in', resourceType: 'user', resourceId: user.id },
      );
      return { user, tokens: await sessions.start(tx, ctx, user) };
    });
  };
};
