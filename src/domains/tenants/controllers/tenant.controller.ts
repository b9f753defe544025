import type { Ctx, TenantCtx } from '../../../shared/types/context.ts';
import type { TenantService } from '../services/tenant.service.ts';
import type { UpdateSettings, UpdateTenant } from '../validators/tenant.ts';

type Change<Body> = { body: Body; ifMatch: number | undefined };

export const createTenantController = (tenants: TenantService) => ({
  current: (ctx: TenantCtx) => tenants.current(ctx),
  update: (ctx: Ctx, { body, ifMatch }: Change<UpdateTenant>) => tenants.update(ctx, body, ifMatch),
  settings: (ctx: Ctx) => tenants.settings(ctx),
  updateSettings: (ctx: Ctx, { body, ifMatch }: Change<UpdateSettings>) =>
    tenants.updateSettings(ctx, body, ifMatch),
});
export type TenantController = ReturnType<typeof createTenantController>;
