import type { Ctx } from '../../../shared/types/context.ts';
import type { PlatformService } from '../services/platform.service.ts';
import type { ListTenants, UpdatePlatformTenant } from '../validators/platform.ts';

type One = { params: { id: string } };
type Versioned = One & { ifMatch: number | undefined };

export const createPlatformController = (platform: PlatformService) => ({
  list: (ctx: Ctx, { query }: { query: ListTenants }) => platform.list(ctx, query),
  get: (ctx: Ctx, { params }: One) => platform.get(ctx, params.id),
  suspend: (ctx: Ctx, { params }: One) => platform.suspend(ctx, params.id),
  activate: (ctx: Ctx, { params }: One) => platform.activate(ctx, params.id),
  update: (ctx: Ctx, { params, body, ifMatch }: Versioned & { body: UpdatePlatformTenant }) =>
    platform.update(ctx, params.id, body, ifMatch),
  scheduleDeletion: (ctx: Ctx, { params, ifMatch }: Versioned) =>
    platform.scheduleDeletion(ctx, params.id, ifMatch),
});
export type PlatformController = ReturnType<typeof createPlatformController>;
