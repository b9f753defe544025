import { z } from 'zod';
import type { Database } from '../../../database/db.ts';
import { within } from '../../../shared/config/permissions.ts';
import type { Metrics } from '../../../shared/metrics/metrics.ts';
import { Id, newId } from '../../../shared/types/id.ts';
import type { Broadcast, Channel } from '../../../shared/utils/broadcast.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import { lastUsed } from '../../../shared/utils/last-used.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import { createShortMemory } from '../../../shared/utils/short-memory.ts';
import { hashOfApiKey, tenantOfApiKey } from '../models/api-key-text.ts';
import type { Identity, Standing } from '../models/identity.ts';
import { findLiveApiKey, type LiveApiKey, touchApiKey } from '../repositories/api-key.repository.ts';
import type { Authenticate } from './authentication.service.ts';
import type { Profiles } from './profiles.ts';
import type { RoleDirectory } from './role-directory.ts';

const CHECKED_EVERY_MS = 2_000;
const USED_EVERY_MS = 60_000;
const REMEMBERED = 20_000;

type KeyStanding = Standing & Pick<LiveApiKey, 'id' | 'permissions' | 'expiresAt'>;

const changes: Channel<{ readonly tenantId: string }> = {
  name: 'api-keys:changed',
  message: z.object({ tenantId: Id }),
};

export type ApiKeyStandings = {
  /** Tells for whom an API key acts. 401 `unauthenticated`, or `token_expired` for one whose time is over. */
  readonly authenticate: Authenticate;
  /**
   * To be called after the commit that ended a key of the tenant, or changed what a user may do. This process knows at
   * once, the others when the promise resolves, and within two seconds while Redis is away.
   */
  haveChanged(tenantId: string): Promise<void>;
};

type Deps = {
  database: Database;
  broadcast: Broadcast;
  clock: Clock;
  logger: Logger;
  profiles: Profiles;
  roles: RoleDirectory;
  metrics: Pick<Metrics, 'cache'>;
};

/** API keys as this process knows them: by memory, which holds hashes only, else by MySQL. */
export const createApiKeyStandings = (deps: Deps): ApiKeyStandings => {
  const { database, broadcast, clock, roles } = deps;
  const counts = deps.metrics.cache('api_keys');
  const options = { clock, forMs: CHECKED_EVERY_MS, max: REMEMBERED, counts };
  const memory = createShortMemory<KeyStanding | undefined>(options);
  /** Part of what the tenant's keys are remembered by: with another one, all of them are asked for again. */
  const generations = lastUsed<string>(REMEMBERED);
  const forget = ({ tenantId }: { readonly tenantId: string }) => {
    generations.set(tenantId, newId());
  };
  broadcast.listen(changes, forget);

  const find = async (tenantId: string, hash: Buffer): Promise<KeyStanding | undefined> => {
    const db = database.read(tenantId);
    const key = await findLiveApiKey(db, hash);
    if (!key) return undefined;
    noteUsed(deps, tenantId, key);
    const { id, permissions, expiresAt } = key;
    return { id, permissions, expiresAt, ...(await deps.profiles.standingOf(db, key)) };
  };

  const authenticate = async (text: string): Promise<Identity> => {
    const tenantId = tenantOfApiKey(text);
    if (tenantId === undefined) throw new AppError(commonProblems.unauthenticated, 'This is no API key.');
    const hash = hashOfApiKey(text);
    const name = `${tenantId}:${generations.get(tenantId) ?? ''}:${hash.toString('base64')}`;
    const standing = await memory.get(name, () => find(tenantId, hash));
    if (!standing) {
      throw new AppError(commonProblems.unauthenticated, 'The API key is unknown, or good no more.');
    }
    const { id, permissions, expiresAt, ...holder } = standing;
    if (expiresAt !== null && expiresAt <= clock.now()) {
      throw new AppError(commonProblems.token_expired, 'The API key has expired. Make a new one.');
    }
    const held = await roles.permissionsOf(tenantId, holder);
    return { tenantId, sessionId: id, apiKeyId: id, ...holder, permissions: within(held, permissions) };
  };

  return {
    authenticate,
    haveChanged: async (tenantId) => {
      forget({ tenantId });
      await broadcast.send(changes, { tenantId });
    },
  };
};

/** Once a minute, and no request waits for it. */
const noteUsed = ({ database, clock, logger }: Deps, tenantId: string, key: LiveApiKey) => {
  const now = clock.now();
  const aMinuteAgo = new Date(now.getTime() - USED_EVERY_MS);
  if (key.lastUsedAt !== null && key.lastUsedAt >= aMinuteAgo) return;
  database
    .transaction({ tenantId }, (tx) => touchApiKey(tx, key.id, now, aMinuteAgo))
    .catch((error: unknown) => {
      logger.debug({ err: error }, 'An API key could not be noted as used');
    });
};
