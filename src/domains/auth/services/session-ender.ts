import type { Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { RequestCtx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { lockLiveSessions, revokeSessions, type SessionChoice } from '../repositories/session.repository.ts';

/**
 * Ends sessions of a user in the transaction of what ended them, and answers their ids. The caller passes these to
 * `standings.haveEnded` after the commit.
 */
export type EndSessions = (
  tx: Tx,
  ctx: RequestCtx,
  userId: string,
  choice?: SessionChoice,
) => Promise<string[]>;

export const createSessionEnder =
  ({ outbox, clock }: { outbox: Outbox; clock: Clock }): EndSessions =>
  async (tx, ctx, userId, choice = {}) => {
    const now = clock.now();
    const sessionIds = await lockLiveSessions(tx, userId, choice, now);
    if (sessionIds.length === 0) return [];
    await revokeSessions(tx, sessionIds, now);
    await outbox.publish(tx, ctx, { type: 'session.revoked', payload: { userId, sessionIds } });
    return sessionIds;
  };
