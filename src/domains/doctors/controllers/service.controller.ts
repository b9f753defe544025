import type { Ctx } from '../../../shared/types/context.ts';
import type { ServiceCatalogue } from '../services/service-catalogue.service.ts';
import type { CreateService, ListServices, UpdateService } from '../validators/service.ts';

type One = { params: { id: string } };
type Change = One & { ifMatch: number | undefined };

export const createServiceController = (catalogue: ServiceCatalogue) => ({
  create: (ctx: Ctx, { body }: { body: CreateService }) => catalogue.create(ctx, body),
  list: (ctx: Ctx, { query }: { query: ListServices }) => catalogue.list(ctx, query),
  get: (ctx: Ctx, { params }: One) => catalogue.get(ctx, params.id),
  update: (ctx: Ctx, { params, body, ifMatch }: Change & { body: UpdateService }) =>
    catalogue.update(ctx, params.id, body, ifMatch),
  remove: (ctx: Ctx, { params, ifMatch }: Change) => catalogue.remove(ctx, params.id, ifMatch),
});
export type ServiceController = ReturnType<typeof createServiceController>;
