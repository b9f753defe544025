import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { Keyring } from '../../../database/keyring.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems, invalid } from '../../../shared/utils/errors.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import { hashOfCode, newRecoveryCodes, readCode, showCode } from '../models/recovery-code.ts';
import { newTotpSecret, otpauthUrlOf, timeStepOf } from '../models/totp.ts';
import { authProblems } from '../problems.ts';
import {
  findFactorToUse,
  insertRecoveryCodes,
  placeOfFactor,
  putFactor,
  removeFactor,
  type TotpFactor,
  updateFactor,
  useRecoveryCode,
} from '../repositories/second-factor.repository.ts';
import { findAccount } from '../repositories/user.repository.ts';
import type { ActivateTotp, DisableTotp, RecoveryCodes, TotpSetUp } from '../validators/second-factor.ts';
import type { LoginGuard } from './login-guard.ts';
import type { PasswordHasher } from './password-hasher.ts';

type Deps = {
  database: Database;
  audit: AuditTrail;
  clock: Clock;
  tenants: TenantsPort;
  passwords: PasswordHasher;
  keyring: Keyring;
  guard: LoginGuard;
};
export type SecondFactor = ReturnType<typeof createSecondFactor>;

/** The authenticator of a user, and the codes for the day on which it is lost. */
export const createSecondFactor = (deps: Deps) => {
  const { database, audit, clock, tenants, passwords, keyring, guard } = deps;

  const record = (tx: Tx, ctx: Ctx, action: string) =>
    audit.record(tx, ctx, { action, resourceType: 'user', resourceId: ctx.userId });

  const secretOf = async (tx: Tx, userId: string, { secret }: TotpFactor): Promise<string> =>
    (await keyring.open(tx, secret, placeOfFactor(userId))).toString();

  return {
    /** A new secret each time, until a code of it has been shown. */
    setUp: async (ctx: Ctx): Promise<TotpSetUp> => {
      const [account, tenant] = await Promise.all([
        findAccount(database.read(ctx.tenantId), ctx.userId),
        tenants.findById(ctx.tenantId),
      ]);
      if (!account || !tenant) throw new AppError(commonProblems.session_revoked);
      const secret = newTotpSecret();
      await database.transaction(ctx, async (tx) => {
        if ((await findFactorToUse(tx, ctx.userId))?.activatedAt)
          throw new AppError(authProblems.mfa_already_enabled);
        const sealed = await keyring.seal(tx, secret, placeOfFactor(ctx.userId));
        await putFactor(tx, ctx.userId, sealed, clock.now());
        await record(tx, ctx, 'user.mfa_begun');
      });
      return { secret, otpauthUrl: otpauthUrlOf(secret, tenant.name, account.user.email) };
    },

    activate: async (ctx: Ctx, { code }: ActivateTotp): Promise<RecoveryCodes> => {
      const codes = newRecoveryCodes();
      await database.transaction(ctx, async (tx) => {
        const factor = await findFactorToUse(tx, ctx.userId);
        if (!factor) throw new AppError(authProblems.totp_not_found);
        if (factor.activatedAt) throw new AppError(authProblems.mfa_already_enabled);
        const secret = await secretOf(tx, ctx.userId, factor);
        const lastTimeStep = timeStepOf(secret, code, clock.now(), factor.lastTimeStep);
        if (lastTimeStep === undefined) throw invalid('/code', 'is not the code that the secret gives now');
        await updateFactor(tx, ctx.userId, { activatedAt: clock.now(), lastTimeStep });
        const hashes = codes.map((each) => hashOfCode(secret, each));
        await insertRecoveryCodes(tx, ctx.userId, hashes);
        await record(tx, ctx, 'user.mfa_enabled');
      });
      return { recoveryCodes: codes.map(showCode) };
    },

    disable: async (ctx: Ctx, { password }: DisableTotp): Promise<void> => {
      const account = await findAccount(database.read(ctx.tenantId), ctx.userId);
      if (!account) throw new AppError(commonProblems.session_revoked);
      await guard.watch(ctx, `own password of ${ctx.userId}`, async () => {
        if (!(await passwords.matches(password, account.passwordHash)))
          throw new AppError(authProblems.invalid_credentials, 'The password is wrong.');
      });
      await database.transaction(ctx, async (tx) => {
        if (!(await findFactorToUse(tx, ctx.userId))) throw new AppError(authProblems.totp_not_found);
        await removeFactor(tx, ctx.userId);
        await record(tx, ctx, 'user.mfa_disabled');
      });
    },

    /** Whether the code is right; then it is used up. Of the authenticator, or one for recovery. */
    use: async (tx: Tx, userId: string, code: string): Promise<boolean> => {
      const factor = await findFactorToUse(tx, userId);
      if (!factor?.activatedAt) return false;
      const secret = await secretOf(tx, userId, factor);
      const digits = code.replaceAll(/\s/g, '');
      const lastTimeStep = timeStepOf(secret, digits, clock.now(), factor.lastTimeStep);
      if (lastTimeStep !== undefined) {
        await updateFactor(tx, userId, { ...factor, lastTimeStep });
        return true;
      }
      return useRecoveryCode(tx, userId, hashOfCode(secret, readCode(code)));
    },
  };
};
