import type { Ctx } from '../../../shared/types/context.ts';
import type { PageQuery } from '../../../shared/types/page.ts';
import type { DomainService } from '../services/domain.service.ts';
import type { AddDomain } from '../validators/domain.ts';

type One = { params: { id: string } };
type Versioned = One & { ifMatch: number | undefined };

export const createDomainController = (domains: DomainService) => ({
  add: (ctx: Ctx, { body }: { body: AddDomain }) => domains.add(ctx, body),
  list: (ctx: Ctx, { query }: { query: PageQuery }) => domains.list(ctx, query),
  get: (ctx: Ctx, { params }: One) => domains.get(ctx, params.id),
  verify: (ctx: Ctx, { params, ifMatch }: Versioned) => domains.verify(ctx, params.id, ifMatch),
  remove: (ctx: Ctx, { params, ifMatch }: Versioned) => domains.remove(ctx, params.id, ifMatch),
});
export type DomainController = ReturnType<typeof createDomainController>;
