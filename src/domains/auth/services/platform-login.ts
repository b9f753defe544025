import type { TenantCtx } from '../../../shared/types/context.ts';
import { PLATFORM } from '../../../shared/types/id.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import { authProblems } from '../problems.ts';

/**
 * Who names no clinic is an operator, or has forgotten to name one. To tell which would tell whose address is an
 * operator's, so that both get the same answer: 400 `tenant_required`.
 */
export const orTenantRequired =
  <Fields, SignedIn>(logIn: (ctx: TenantCtx, fields: Fields) => Promise<SignedIn>) =>
  async (ctx: TenantCtx, fields: Fields): Promise<SignedIn> => {
    try {
      return await logIn(ctx, fields);
    } catch (error) {
      const isWrong = error instanceof AppError && error.problem === authProblems.invalid_credentials;
      if (ctx.tenantId !== PLATFORM || !isWrong) throw error;
      throw new AppError(commonProblems.tenant_required, undefined, { cause: error });
    }
  };
