import type { Ctx } from '../../../shared/types/context.ts';
import type { PageQuery } from '../../../shared/types/page.ts';
import type { ApiKeyService } from '../services/api-key.service.ts';
import type { CreateApiKey } from '../validators/api-key.ts';

type One = { params: { id: string } };

export const createApiKeyController = (keys: ApiKeyService) => ({
  create: (ctx: Ctx, { body }: { body: CreateApiKey }) => keys.create(ctx, body),
  list: (ctx: Ctx, { query }: { query: PageQuery }) => keys.list(ctx, query),
  get: (ctx: Ctx, { params }: One) => keys.get(ctx, params.id),
  revoke: (ctx: Ctx, { params }: One) => keys.revoke(ctx, params.id),
});
export type ApiKeyController = ReturnType<typeof createApiKeyController>;
