import type { AuditTrail } from '../../../database/audit.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { Accounts } from '../../patients/index.ts';
import { findAccountToChange, forgetUser } from '../repositories/user.repository.ts';
import type { EndSessions } from './session-ender.ts';
import type { SessionStandings } from './session-standings.ts';

type Deps = {
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  endSessions: EndSessions;
  standings: SessionStandings;
};

/** Closes the accounts of patients whose records are merged or erased. */
export const createAccountCloser = ({ audit, outbox, clock, endSessions, standings }: Deps): Accounts => ({
  close: async (tx, ctx, userId) => {
    const account = await findAccountToChange(tx, userId);
    if (!account) return [];
    await forgetUser(tx, userId, clock.now());
    await audit.record(tx, ctx, { action: 'user.erased', resourceType: 'user', resourceId: userId });
    const payload = { userId, role: account.user.role, active: false };
    await outbox.publish(tx, ctx, { type: 'user.updated', payload });
    return endSessions(tx, ctx, userId);
  },
  endSessions: (tx, ctx, userId) => endSessions(tx, ctx, userId),
  haveEnded: standings.haveEnded,
});
