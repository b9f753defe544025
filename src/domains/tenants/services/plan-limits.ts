import type { Tx } from '../../../database/db.ts';
import { lockTenant } from '../../../database/tenant-lock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Plan } from '../models/plan.ts';
import { tenantProblems } from '../problems.ts';
import { findTenant } from '../repositories/tenant.repository.ts';

const NOUNS = { maxDoctors: 'doctors', maxUsers: 'users' } as const satisfies Partial<
  Record<keyof Plan, string>
>;
export type PlanLimit = keyof typeof NOUNS;

/**
 * 409 `plan_limit_reached` where the plan has no place for one more. To be called before the row is added, in the same
 * transaction: two that want the last place wait for each other, and `countUsed` sees what the first has made.
 */
export const demandPlace = async (tx: Tx, limit: PlanLimit, countUsed: (tx: Tx) => Promise<number>) => {
  const allowed = (await findTenant(tx))?.plan[limit];
  if (allowed == null) return;
  await lockTenant(tx, limit);
  if ((await countUsed(tx)) < allowed) return;
  throw new AppError(
    tenantProblems.plan_limit_reached,
    `The plan of the clinic allows ${allowed} active ${NOUNS[limit]}.`,
  );
};
