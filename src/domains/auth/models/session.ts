import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

const DAY_MS = 24 * 3_600_000;
const REFRESH_DAYS = 7;
/** How long a client that has lost the answer may ask again. */
const GRACE_MS = 10_000;

/** One login, on one device, until it ends. */
export type Session = {
  readonly id: string;
  readonly userId: string;
  /** The `jti` of the only refresh token that is good. */
  readonly refreshId: string;
  /** The one before it, and when it was replaced. */
  readonly previousRefreshId: string | null;
  readonly rotatedAt: Date | null;
  readonly address: string;
  readonly userAgent: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
};

/** A session as its owner sees it. */
export const SessionView = z
  .object({
    id: Id,
    createdAt: Instant,
    lastSeenAt: Instant,
    ip: z.string(),
    userAgent: z.string(),
    current: z.boolean(),
  })
  .meta({ id: 'Session' });
export type SessionView = z.output<typeof SessionView>;

/** Each use of the refresh token begins the seven days anew. */
export const refreshExpiry = (now: Date): Date => new Date(now.getTime() + REFRESH_DAYS * DAY_MS);

/**
 * What a refresh token that carries `refreshId` does to its session. The one before the current one, brought again right
 * after it was replaced, gets the current one: its answer may have been lost. Once that has been used, it does not.
 */
export const verdictOn = (
  session: Session,
  refreshId: string,
  now: Date,
): 'rotate' | 'repeat' | 'reused' | 'revoked' | 'expired' => {
  if (session.revokedAt) return 'revoked';
  if (session.expiresAt <= now) return 'expired';
  if (session.refreshId === refreshId) return 'rotate';
  const isPrevious = session.previousRefreshId === refreshId && session.rotatedAt !== null;
  return isPrevious && now.getTime() - session.rotatedAt.getTime() <= GRACE_MS ? 'repeat' : 'reused';
};
