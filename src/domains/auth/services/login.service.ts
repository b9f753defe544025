import { createHash } from 'node:crypto';
import type { AuditTrail } from '../../../database/audit.ts';
import type { Database } from '../../../database/db.ts';
import type { RequestCtx, TenantCtx } from '../../../shared/types/context.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import { authProblems } from '../problems.ts';
import { findFactor } from '../repositories/second-factor.repository.ts';
import {
  type Account,
  findAccount,
  findAccountByEmail,
  findAccountToChange,
  findRegistrantByEmail,
} from '../repositories/user.repository.ts';
import type { Login, SignedIn } from '../validators/credentials.ts';
import type { VerifyMfa } from '../validators/second-factor.ts';
import type { LoginGuard } from './login-guard.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { SecondFactor } from './second-factor.service.ts';
import type { SessionStarter } from './session-starter.ts';
import type { TokenSigner } from './token-signer.ts';

type Deps = {
  database: Database;
  audit: AuditTrail;
  logger: Logger;
  tenants: TenantsPort;
  passwords: PasswordHasher;
  sessions: SessionStarter;
  tokens: TokenSigner;
  guard: LoginGuard;
  codeGuard: LoginGuard;
  secondFactor: SecondFactor;
};
export type LoginService = ReturnType<typeof createLogin>;

/** Changes with the password, and says nothing of it. */
const markOf = ({ passwordHash }: Account): string =>
  createHash('sha256').update(passwordHash).digest('base64url').slice(0, 22);

const wrong = (detail?: string) => new AppError(authProblems.invalid_credentials, detail);

/** By the password, and where the account has one by the second factor. */
export const createLogin = (deps: Deps) => {
  const { database, audit, logger, tenants, passwords, sessions, tokens, guard, codeGuard, secondFactor } =
    deps;

  /** `userId` is null where nobody has the address; what was typed there may be a password, and is not kept. */
  const noteFailure = (ctx: TenantCtx, action: string, userId: string | null) => {
    database
      .transaction({ tenantId: ctx.tenantId }, (tx) =>
        audit.record(tx, ctx, { action, resourceType: 'user', resourceId: userId }),
      )
      .catch((error: unknown) => {
        logger.error({ err: error, requestId: ctx.requestId }, 'A failed login could not be recorded');
      });
  };

  type ByPassword = { readonly account: Account; readonly ownsEmail: boolean };

  /**
   * Neither what is answered nor how long it takes tells an unknown address from a wrong password, nor, where addresses
   * have to be proved, an account that owns its address from one that claims it.
   */
  const byPassword = async (ctx: TenantCtx, { email, password }: Login): Promise<ByPassword> => {
    const db = database.read(ctx.tenantId);
    const [owner, registrant, { requireEmailVerification }] = await Promise.all([
      findAccountByEmail(db, email),
      findRegistrantByEmail(db, email),
      tenants.settings(ctx.tenantId),
    ]);
    const tried = requireEmailVerification ? [owner, registrant] : [owner ?? registrant];
    const matches = await Promise.all(tried.map((each) => passwords.matches(password, each?.passwordHash)));
    const account = tried.find((each, index) => matches[index] && each?.user.active);
    if (account) return { account, ownsEmail: account === owner };
    // Not awaited: nobody waits for what only the clinic wants to know.
    noteFailure(ctx, 'user.login_failed', owner?.user.id ?? null);
    throw wrong();
  };

  /** `proves` is asked inside the transaction, for what must be used up with the login. */
  const start = (
    ctx: TenantCtx,
    { user: { id }, passwordHash }: Account,
    proves: (tx: Parameters<SecondFactor['use']>[0]) => Promise<boolean>,
  ): Promise<SignedIn> =>
    database.transaction(ctx, async (tx) => {
      const current = await findAccountToChange(tx, id);
      if (current?.passwordHash !== passwordHash || !current.user.active) throw wrong();
      if (!(await proves(tx))) throw wrong('The code is wrong, or has been used.');
      const { user } = current;
      await audit.record(
        tx,
        { ...ctx, userId: user.id, role: user.role },
        { action: 'user.logged_in', resourceType: 'user', resourceId: user.id },
      );
      return { user, tokens: await sessions.start(tx, ctx, user) };
    });

  return {
    /** 401 `mfa_required` with a token for the second step. */
    login: async (ctx: TenantCtx, credentials: Login): Promise<SignedIn> => {
      // Who only claims an address must not wipe out the failures of guessing at its owner's password.
      const { account } = await guard.watch(
        ctx,
        credentials.email,
        () => byPassword(ctx, credentials),
        ({ ownsEmail }) => ownsEmail,
      );
      const { tenantId } = ctx;
      const userId = account.user.id;
      if ((await findFactor(database.read(tenantId), userId))?.activatedAt) {
        const mfaToken = await tokens.issueMfa({ tenantId, userId, passwordMark: markOf(account) });
        throw new AppError(authProblems.mfa_required, undefined, { extensions: { mfaToken } });
      }
      return start(ctx, account, () => Promise.resolve(true));
    },

    verify: async (request: RequestCtx, { mfaToken, code }: VerifyMfa): Promise<SignedIn> => {
      const { tenantId, userId, passwordMark } = await tokens.readMfa(mfaToken);
      if ((await tenants.findById(tenantId))?.status !== 'active')
        throw new AppError(commonProblems.tenant_suspended);
      const ctx: TenantCtx = { ...request, tenantId };
      const account = await findAccount(database.read(tenantId), userId);
      if (!account || markOf(account) !== passwordMark) throw new AppError(commonProblems.unauthenticated);
      return codeGuard.watch(ctx, `second factor of ${userId}`, async () => {
        try {
          return await start(ctx, account, (tx) => secondFactor.use(tx, userId, code));
        } catch (error) {
          if (error instanceof AppError && error.problem.status === 401)
            noteFailure(ctx, 'user.mfa_failed', userId);
          throw error;
        }
      });
    },
  };
};
