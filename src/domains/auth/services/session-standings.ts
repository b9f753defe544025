import { z } from 'zod';
import type { Database } from '../../../database/db.ts';
import type { Metrics } from '../../../shared/metrics/metrics.ts';
import { Id } from '../../../shared/types/id.ts';
import type { Broadcast, Channel } from '../../../shared/utils/broadcast.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { lastUsed } from '../../../shared/utils/last-used.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import { createShortMemory } from '../../../shared/utils/short-memory.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import { type Identity, isComplete, lackOf, type SessionStanding } from '../models/identity.ts';
import { findLiveSession, type LiveSession, touchSession } from '../repositories/session.repository.ts';
import type { Profiles } from './profiles.ts';
import type { SessionCopies } from './session-copies.ts';

const CHECKED_EVERY_MS = 2_000;
const SEEN_EVERY_MS = 60_000;
const REMEMBERED_SESSIONS = 50_000;

type EndedSessions = { readonly tenantId: string; readonly sessionIds: readonly string[] };
/** Says to every process which sessions have ended. */
export const endings: Channel<EndedSessions> = {
  name: 'sessions:ended',
  message: z.object({ tenantId: Id, sessionIds: z.array(Id) }),
};

type Found = SessionStanding & Pick<Identity, 'lacks'>;

export type SessionStandings = {
  /** How the session stands, at most two seconds ago; nothing where it has ended. What the clinic asks for holds at once. */
  find(tenantId: string, sessionId: string): Promise<Found | undefined>;
  /** To be called after the commit that ended them. This process knows at once, the others when the promise resolves. */
  haveEnded(tenantId: string, sessionIds: readonly string[]): Promise<void>;
  readonly onEnded: (listener: (sessionIds: readonly string[]) => void) => void;
};

type Deps = {
  database: Database;
  copies: SessionCopies;
  broadcast: Broadcast;
  clock: Clock;
  logger: Logger;
  tenants: Pick<TenantsPort, 'settings'>;
  profiles: Profiles;
  metrics: Pick<Metrics, 'cache'>;
};

/** Sessions as this process knows them: by memory, else by the copy in Redis, else by MySQL. An end is final. */
export const createSessionStandings = (deps: Deps): SessionStandings => {
  const { copies, broadcast, clock, metrics } = deps;
  const counts = { memory: metrics.cache('sessions'), copies: metrics.cache('session_copies') };
  const memory = createShortMemory<SessionStanding | undefined>({
    clock,
    forMs: CHECKED_EVERY_MS,
    max: REMEMBERED_SESSIONS,
    counts: counts.memory,
    keeps: (standing) => standing === undefined || isComplete(standing),
  });
  const ended = lastUsed<true>(REMEMBERED_SESSIONS);
  const listeners: ((sessionIds: readonly string[]) => void)[] = [];

  const markEnded = ({ sessionIds }: EndedSessions) => {
    const news = sessionIds.filter((id) => !ended.has(id));
    for (const id of news) ended.set(id, true);
    if (news.length > 0) for (const listener of listeners) listener(news);
  };
  broadcast.listen(endings, markEnded);

  const ask = async (tenantId: string, sessionId: string) => {
    const copy = await copies.read(tenantId, sessionId);
    counts.copies[copy === undefined ? 'misses' : 'hits'] += 1;
    if (copy === 'ended') return undefined;
    return copy ?? readStanding(deps, tenantId, sessionId);
  };

  const withLack = async (tenantId: string, standing: SessionStanding): Promise<Found> => {
    const lacks = lackOf(standing, await deps.tenants.settings(tenantId));
    return { ...standing, ...(lacks !== undefined && { lacks }) };
  };

  /** What was lacking may have come since it was remembered, and then holds at once. */
  const judge = async (tenantId: string, sessionId: string, remembered: SessionStanding | undefined) => {
    if (!remembered) return undefined;
    const found = await withLack(tenantId, remembered);
    if (found.lacks === undefined) return found;
    const standing = await readStanding(deps, tenantId, sessionId);
    return standing && withLack(tenantId, standing);
  };

  return {
    find: async (tenantId, sessionId) => {
      if (ended.has(sessionId)) return undefined;
      const remembered = await memory.get(sessionId, () => ask(tenantId, sessionId));
      const found = await judge(tenantId, sessionId, remembered);
      return ended.has(sessionId) ? undefined : found;
    },
    haveEnded: async (tenantId, sessionIds) => {
      if (sessionIds.length === 0) return;
      markEnded({ tenantId, sessionIds });
      await copies.end(tenantId, sessionIds);
      await broadcast.send(endings, { tenantId, sessionIds });
    },
    onEnded: (listener) => {
      listeners.push(listener);
    },
  };
};

/** The truth, and a copy of it for the other processes. */
const readStanding = async (
  deps: Deps,
  tenantId: string,
  sessionId: string,
): Promise<SessionStanding | undefined> => {
  const db = deps.database.read(tenantId);
  const session = await findLiveSession(db, sessionId, deps.clock.now());
  if (!session) return undefined;
  noteSeen(deps, tenantId, sessionId, session);
  const standing = {
    ...(await deps.profiles.standingOf(db, session)),
    ownsEmail: session.email !== null,
    emailVerified: session.emailVerifiedAt !== null,
    hasSecondFactor: session.mfaSince !== null,
  };
  if (isComplete(standing)) await deps.copies.keep(tenantId, sessionId, standing);
  return standing;
};

/** Once a minute, and no request waits for it. */
const noteSeen = (
  { database, clock, logger }: Deps,
  tenantId: string,
  sessionId: string,
  session: LiveSession,
) => {
  const now = clock.now();
  const aMinuteAgo = new Date(now.getTime() - SEEN_EVERY_MS);
  if (session.lastSeenAt >= aMinuteAgo) return;
  database
    .transaction({ tenantId }, (tx) => touchSession(tx, sessionId, now, aMinuteAgo))
    .catch((error: unknown) => {
      logger.debug({ err: error }, 'A session could not be noted as seen');
    });
};
