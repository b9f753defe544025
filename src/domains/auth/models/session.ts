import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

const DAY_MS = 24 * 3_600_000;
const REFRESH_DAYS = 7;

/** One login, on one device, until it ends. */
export type Session = {
  readonly id: string;
  readonly userId: string;
  /** The `jti` of the only refresh token that is good. */
  readonly refreshId: string;
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

/** What a refresh token that carries `refreshId` does to its session. */
export const verdictOn = (
  session: Session,
  refreshId: string,
  now: Date,
): 'rotate' | 'reused' | 'revoked' | 'expired' => {
  if (session.revokedAt) return 'revoked';
  if (session.expiresAt <= now) return 'expired';
  return session.refreshId === refreshId ? 'rotate' : 'reused';
};
