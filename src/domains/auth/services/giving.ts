import { beyond, type Permission, permissionsOf } from '../../../shared/config/permissions.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';

/** 403 for permissions that the caller does not hold: nobody makes a role or a key that can do more than they can. */
export const demandHeld = (ctx: Ctx, permissions: Iterable<Permission>): void => {
  const missing = beyond(ctx.permissions, permissions);
  if (missing.length > 0)
    throw new AppError(commonProblems.forbidden, `You do not hold ${missing.join(', ')} yourself.`);
};

const isWholeAdmin = ({ permissions }: Ctx): boolean =>
  beyond(permissions, permissionsOf('tenant_admin')).length === 0;

/**
 * 403 for whoever would give somebody else, or change somebody who has, more than they hold. Only a whole administrator
 * may: doctors hold what is their own, which administrators do not.
 */
export const demandPower = (ctx: Ctx, permissions: Iterable<Permission>): void => {
  if (!isWholeAdmin(ctx)) demandHeld(ctx, permissions);
};
