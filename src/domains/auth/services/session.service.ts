import type { AuditTrail } from '../../../database/audit.ts';
import type { Database } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { decodeCursor, IdPosition, type Page, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Session, SessionView } from '../models/session.ts';
import { authProblems } from '../problems.ts';
import { listSessions } from '../repositories/session.repository.ts';
import type { ListSessions } from '../validators/credentials.ts';
import type { EndSessions } from './session-ender.ts';
import type { SessionStandings } from './session-standings.ts';

type Deps = {
  database: Database;
  audit: AuditTrail;
  clock: Clock;
  endSessions: EndSessions;
  standings: SessionStandings;
};
export type SessionService = ReturnType<typeof createSessionService>;

const toView = (session: Session, { sessionId }: Ctx): SessionView => ({
  id: session.id,
  createdAt: session.createdAt,
  lastSeenAt: session.lastSeenAt,
  ip: session.address,
  userAgent: session.userAgent,
  current: session.id === sessionId,
});

/** The caller's own sessions. */
export const createSessionService = ({ database, audit, clock, endSessions, standings }: Deps) => {
  const endOne = async (ctx: Ctx, id: string, action: 'user.logged_out' | 'session.revoked') => {
    const ended = await database.transaction(ctx, async (tx) => {
      const sessionIds = await endSessions(tx, ctx, ctx.userId, { only: id });
      if (sessionIds.length > 0)
        await audit.record(tx, ctx, { action, resourceType: 'session', resourceId: id });
      return sessionIds;
    });
    await standings.haveEnded(ctx.tenantId, ended);
    return ended;
  };

  return {
    list: async (ctx: Ctx, { limit, cursor }: ListSessions): Promise<Page<SessionView>> => {
      const before = decodeCursor(IdPosition, cursor)?.[0];
      const filter = { userId: ctx.userId, limit, before, now: clock.now() };
      const sessions = await listSessions(database.read(ctx.tenantId), filter);
      return toPage(
        sessions.map((session) => toView(session, ctx)),
        limit,
        (last) => [last.id],
      );
    },

    revoke: async (ctx: Ctx, id: string): Promise<void> => {
      const ended = await endOne(ctx, id, 'session.revoked');
      if (ended.length === 0) throw new AppError(authProblems.session_not_found);
    },

    /** Also the one that asks. */
    revokeAll: async (ctx: Ctx): Promise<void> => {
      const ended = await database.transaction(ctx, async (tx) => {
        const entry = { action: 'session.all_revoked', resourceType: 'user', resourceId: ctx.userId };
        await audit.record(tx, ctx, entry);
        return endSessions(tx, ctx, ctx.userId);
      });
      await standings.haveEnded(ctx.tenantId, ended);
    },

    /** The access token is refused from now on, though it has not expired. */
    logout: async (ctx: Ctx): Promise<void> => {
      await endOne(ctx, ctx.sessionId, 'user.logged_out');
    },
  };
};
