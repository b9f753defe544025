import type { Tx } from '../../../database/db.ts';
import type { TenantCtx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { refreshExpiry, type Session } from '../models/session.ts';
import type { Tokens } from '../models/tokens.ts';
import type { User } from '../models/user.ts';
import { insertSession, rotateSession } from '../repositories/session.repository.ts';
import type { TokenSigner } from './token-signer.ts';

export type SessionStarter = ReturnType<typeof createSessionStarter>;

/** Opens sessions and keeps them open; the tokens it gives are good once the transaction has committed. */
export const createSessionStarter = ({ tokens, clock }: { tokens: TokenSigner; clock: Clock }) => {
  const issue = (tx: Tx, session: Session, user: User): Promise<Tokens> =>
    tokens.issue({
      tenantId: tx.tenantId,
      userId: user.id,
      sessionId: session.id,
      role: user.role,
      refreshId: session.refreshId,
      refreshUntil: session.expiresAt,
    });

  return {
    start: async (tx: Tx, ctx: TenantCtx, user: User): Promise<Tokens> => {
      const now = clock.now();
      const session: Session = {
        id: newId(),
        userId: user.id,
        refreshId: newId(),
        previousRefreshId: null,
        rotatedAt: null,
        address: ctx.address,
        userAgent: ctx.userAgent,
        createdAt: now,
        lastSeenAt: now,
        expiresAt: refreshExpiry(now),
        revokedAt: null,
      };
      await insertSession(tx, session);
      return issue(tx, session, user);
    },

    /** The refresh token that was good until now is good no more. */
    rotate: async (tx: Tx, current: Session, user: User): Promise<Tokens> => {
      const now = clock.now();
      const session = {
        ...current,
        refreshId: newId(),
        previousRefreshId: current.refreshId,
        rotatedAt: now,
        lastSeenAt: now,
        expiresAt: refreshExpiry(now),
      };
      await rotateSession(tx, session);
      return issue(tx, session, user);
    },

    /** The refresh token that is good now, once more. */
    repeat: issue,
  };
};
