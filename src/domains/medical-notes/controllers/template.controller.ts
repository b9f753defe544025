import type { Ctx } from '../../../shared/types/context.ts';
import type { PageQuery } from '../../../shared/types/page.ts';
import type { TemplateService } from '../services/template.service.ts';
import type { CreateTemplate, UpdateTemplate } from '../validators/template.ts';

type One = { params: { id: string } };
type Change = One & { ifMatch: number | undefined };

export const createTemplateController = (templates: TemplateService) => ({
  create: (ctx: Ctx, { body }: { body: CreateTemplate }) => templates.create(ctx, body),
  list: (ctx: Ctx, { query }: { query: PageQuery }) => templates.list(ctx, query),
  get: (ctx: Ctx, { params }: One) => templates.get(ctx, params.id),
  update: (ctx: Ctx, { params, body, ifMatch }: Change & { body: UpdateTemplate }) =>
    templates.update(ctx, params.id, body, ifMatch),
  remove: (ctx: Ctx, { params, ifMatch }: Change) => templates.remove(ctx, params.id, ifMatch),
});
export type TemplateController = ReturnType<typeof createTemplateController>;
