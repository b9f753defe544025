import type { AuditTrail } from '../../../database/audit.ts';
import type { Database } from '../../../database/db.ts';
import { bin } from '../../../database/sql.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, type Page, type PageQuery, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, invalid } from '../../../shared/utils/errors.ts';
import type { ApiKey, NewApiKey } from '../models/api-key.ts';
import { hashOfApiKey, hintOfApiKey, newApiKey } from '../models/api-key-text.ts';
import { authProblems } from '../problems.ts';
import { findApiKey, insertApiKey, listApiKeys, revokeApiKey } from '../repositories/api-key.repository.ts';
import type { CreateApiKey } from '../validators/api-key.ts';
import type { ApiKeyStandings } from './api-key-standings.ts';
import { demandHeld } from './giving.ts';

type Deps = { database: Database; audit: AuditTrail; clock: Clock; apiKeys: ApiKeyStandings };
export type ApiKeyService = ReturnType<typeof createApiKeyService>;

const unknown = () => new AppError(authProblems.api_key_not_found);

/** The keys with which programs act for the clinic. */
export const createApiKeyService = ({ database, audit, clock, apiKeys }: Deps) => ({
  /** Answers the key, which is never shown again. */
  create: async (ctx: Ctx, fields: CreateApiKey): Promise<NewApiKey> => {
    const now = clock.now();
    if (fields.expiresAt !== null && fields.expiresAt <= now)
      throw invalid('/expiresAt', 'must be in the future');
    demandHeld(ctx, fields.permissions);
    const key = newApiKey(bin(ctx.tenantId));
    const made: ApiKey = {
      ...fields,
      id: newId(),
      createdBy: ctx.userId,
      hint: hintOfApiKey(key),
      createdAt: now,
      lastUsedAt: null,
    };
    return database.transaction(ctx, async (tx) => {
      await insertApiKey(tx, made, hashOfApiKey(key));
      const { name, permissions, expiresAt } = made;
      await audit.record(tx, ctx, {
        action: 'api_key.created',
        resourceType: 'api_key',
        resourceId: made.id,
        changes: { name, permissions, expiresAt },
      });
      return { ...made, key };
    });
  },

  list: async (ctx: Ctx, { limit, cursor }: PageQuery): Promise<Page<ApiKey>> => {
    const after = decodeCursor(IdPosition, cursor)?.[0];
    return toPage(await listApiKeys(database.read(ctx.tenantId), { limit, after }), limit, ({ id }) => [id]);
  },

  get: async (ctx: Ctx, id: string): Promise<ApiKey> => {
    const key = await findApiKey(database.read(ctx.tenantId), id);
    if (!key) throw unknown();
    return key;
  },

  /** The key opens nothing any more, in no process. */
  revoke: async (ctx: Ctx, id: string): Promise<void> => {
    await database.transaction(ctx, async (tx) => {
      if (!(await revokeApiKey(tx, id, clock.now()))) throw unknown();
      await audit.record(tx, ctx, { action: 'api_key.revoked', resourceType: 'api_key', resourceId: id });
    });
    await apiKeys.haveChanged(ctx.tenantId);
  },
});
