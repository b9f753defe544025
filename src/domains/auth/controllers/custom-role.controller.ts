import type { Ctx } from '../../../shared/types/context.ts';
import type { PageQuery } from '../../../shared/types/page.ts';
import type { CustomRoleService } from '../services/custom-role.service.ts';
import type { CreateRole, UpdateRole } from '../validators/custom-role.ts';

type One = { params: { id: string } };
type Versioned = One & { ifMatch: number | undefined };

export const createCustomRoleController = (roles: CustomRoleService) => ({
  create: (ctx: Ctx, { body }: { body: CreateRole }) => roles.create(ctx, body),
  list: (ctx: Ctx, { query }: { query: PageQuery }) => roles.list(ctx, query),
  get: (ctx: Ctx, { params }: One) => roles.get(ctx, params.id),
  update: (ctx: Ctx, { params, body, ifMatch }: Versioned & { body: UpdateRole }) =>
    roles.update(ctx, params.id, body, ifMatch),
  remove: (ctx: Ctx, { params, ifMatch }: Versioned) => roles.remove(ctx, params.id, ifMatch),
});
export type CustomRoleController = ReturnType<typeof createCustomRoleController>;
