import type { Tx } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { ExportSource } from '../../patients/index.ts';
import type { Session } from '../models/session.ts';
import { listSessions } from '../repositories/session.repository.ts';
import { findUser } from '../repositories/user.repository.ts';

const MOST_SESSIONS = 1_000;

/** The account of a patient, for an export. From where somebody logs in is told to themselves only. */
export const createAccountExport = ({ clock }: { clock: Clock }): ExportSource => {
  const sessionsOf = async (tx: Tx, ctx: Ctx, userId: string) => {
    if (ctx.userId !== userId) return undefined;
    const sessions = await listSessions(tx, {
      userId,
      limit: MOST_SESSIONS,
      before: undefined,
      now: clock.now(),
    });
    return sessions.map(shown);
  };

  return async (tx, ctx, { userId }) => {
    const user = userId === null ? undefined : await findUser(tx, userId);
    if (!user) return { fields: { account: null } };
    const { id, email, active, emailVerifiedAt, createdAt, updatedAt } = user;
    const sessions = await sessionsOf(tx, ctx, id);
    return {
      fields: {
        account: { id, email, active, emailVerifiedAt, createdAt, updatedAt, ...(sessions && { sessions }) },
      },
    };
  };
};

const shown = ({ id, address, userAgent, createdAt, lastSeenAt }: Session) => ({
  id,
  ip: address,
  userAgent,
  createdAt,
  lastSeenAt,
});
