import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { RequestCtx, TenantCtx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems, type Problem } from '../../../shared/utils/errors.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import { type Session, verdictOn } from '../models/session.ts';
import { authProblems } from '../problems.ts';
import { findSessionToChange } from '../repositories/session.repository.ts';
import { findUser } from '../repositories/user.repository.ts';
import type { Refresh, Refreshed } from '../validators/credentials.ts';
import type { EndSessions } from './session-ender.ts';
import type { SessionStandings } from './session-standings.ts';
import type { SessionStarter } from './session-starter.ts';
import type { Claims, TokenSigner } from './token-signer.ts';

type Deps = {
  database: Database;
  audit: AuditTrail;
  clock: Clock;
  tenants: TenantsPort;
  tokens: TokenSigner;
  sessions: SessionStarter;
  endSessions: EndSessions;
  standings: SessionStandings;
};

/** A refusal is an outcome, not an exception: the end of a stolen session has to commit. */
type Outcome = { readonly refreshed: Refreshed } | { readonly refused: Problem; readonly ended?: string[] };

/** A refresh token is good once. One that comes back has been copied, so its session ends (RFC 9700, section 4.14.2). */
export const createRefresh = (deps: Deps) => {
  const { database, audit, clock, tenants, tokens, sessions, endSessions, standings } = deps;

  const endReused = async (tx: Tx, ctx: TenantCtx, { userId, sessionId }: Claims): Promise<Outcome> => {
    const ended = await endSessions(tx, ctx, userId, { only: sessionId });
    const entry = { action: 'session.refresh_reused', resourceType: 'session', resourceId: sessionId };
    await audit.record(tx, ctx, entry);
    return { refused: authProblems.refresh_token_reused, ended };
  };

  const renew = async (tx: Tx, session: Session, renewal: SessionStarter['rotate']): Promise<Outcome> => {
    const user = await findUser(tx, session.userId);
    if (!user?.active) return { refused: commonProblems.session_revoked };
    return { refreshed: { tokens: await renewal(tx, session, user) } };
  };

  const use = async (tx: Tx, ctx: TenantCtx, claims: Claims): Promise<Outcome> => {
    const session = await findSessionToChange(tx, claims.sessionId);
    if (session?.userId !== claims.userId) return { refused: commonProblems.session_revoked };
    switch (verdictOn(session, claims.tokenId, clock.now())) {
      case 'revoked':
        return { refused: commonProblems.session_revoked };
      case 'expired':
        return { refused: commonProblems.token_expired };
      case 'reused':
        return endReused(tx, ctx, claims);
      case 'rotate':
        return renew(tx, session, sessions.rotate);
      case 'repeat':
        return renew(tx, session, sessions.repeat);
    }
  };

  return async (ctx: RequestCtx, { refreshToken }: Refresh): Promise<Refreshed> => {
    const claims = await tokens.readRefresh(refreshToken);
    const tenant = await tenants.findById(claims.tenantId);
    if (tenant && tenant.status !== 'active') throw new AppError(commonProblems.tenant_suspended);
    const tenantCtx: TenantCtx = { ...ctx, tenantId: claims.tenantId };
    const outcome = await database.transaction(tenantCtx, (tx) => use(tx, tenantCtx, claims));
    if ('refreshed' in outcome) return outcome.refreshed;
    await standings.haveEnded(claims.tenantId, outcome.ended ?? []);
    throw new AppError(outcome.refused);
  };
};
