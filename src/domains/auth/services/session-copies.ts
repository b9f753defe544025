import { type Redis, tenantKey, unlessAway } from '../../../shared/utils/redis.ts';
import { SessionStanding } from '../models/identity.ts';
import { ACCESS_TOKEN_SECONDS } from '../models/tokens.ts';

const COPY_SECONDS = 5;
const ENDED = 'ended';

/** Sessions' fast copy, shared by all processes. `undefined` where it knows nothing, or Redis is away. */
export type SessionCopies = {
  read(tenantId: string, sessionId: string): Promise<SessionStanding | typeof ENDED | undefined>;
  keep(tenantId: string, sessionId: string, standing: SessionStanding): Promise<void>;
  end(tenantId: string, sessionIds: readonly string[]): Promise<void>;
};

const parse = (text: string): SessionStanding | undefined => {
  try {
    return SessionStanding.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

export const createSessionCopies = (redis: Redis): SessionCopies => {
  const keyOf = (tenantId: string, sessionId: string) => tenantKey(tenantId, 'session', sessionId);
  return {
    read: async (tenantId, sessionId) => {
      const text = await unlessAway(redis, (ready) => ready.get(keyOf(tenantId, sessionId)));
      if (text == null) return undefined;
      return text === ENDED ? ENDED : parse(text);
    },
    // NX: a process that read the session before it ended must not write it over the mark that it has.
    keep: async (tenantId, sessionId, standing) => {
      await unlessAway(redis, (ready) =>
        ready.set(keyOf(tenantId, sessionId), JSON.stringify(standing), 'EX', COPY_SECONDS, 'NX'),
      );
    },
    // The mark outlives every access token of the session.
    end: async (tenantId, sessionIds) => {
      await unlessAway(redis, (ready) =>
        Promise.all(
          sessionIds.map((id) => ready.set(keyOf(tenantId, id), ENDED, 'EX', ACCESS_TOKEN_SECONDS)),
        ),
      );
    },
  };
};
