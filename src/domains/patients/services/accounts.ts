import type { Tx } from '../../../database/db.ts';
import type { Ctx, TenantCtx } from '../../../shared/types/context.ts';

type Actor = TenantCtx & Partial<Pick<Ctx, 'userId' | 'role'>>;

/** What patients ask of those who keep the accounts. Each answers the sessions it ended, for {@link Accounts.haveEnded}. */
export type Accounts = {
  /** Nobody logs in with it any more, and nothing in it tells whose it was. */
  close(tx: Tx, ctx: Actor, userId: string): Promise<string[]>;
  endSessions(tx: Tx, ctx: Actor, userId: string): Promise<string[]>;
  /** To be called after the commit. */
  haveEnded(tenantId: string, sessionIds: readonly string[]): Promise<void>;
};
