import type { PageQuery } from '../../../shared/types/page.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Catalogue } from '../services/catalogue.service.ts';

type One = { params: { id: string } };
type Change = One & { ifMatch: number | undefined };

export const createCatalogueController = <Entry, Query extends PageQuery>(
  catalogue: Catalogue<Entry, Query>,
) => {
  type Fields = Parameters<typeof catalogue.create>[1];
  type Changes = Parameters<typeof catalogue.update>[2];
  return {
    create: (ctx: Ctx, { body }: { body: Fields }) => catalogue.create(ctx, body),
    list: (ctx: Ctx, { query }: { query: Query }) => catalogue.list(ctx, query),
    get: (ctx: Ctx, { params }: One) => catalogue.get(ctx, params.id),
    update: (ctx: Ctx, { params, body, ifMatch }: Change & { body: Changes }) =>
      catalogue.update(ctx, params.id, body, ifMatch),
    remove: (ctx: Ctx, { params, ifMatch }: Change) => catalogue.remove(ctx, params.id, ifMatch),
  };
};
