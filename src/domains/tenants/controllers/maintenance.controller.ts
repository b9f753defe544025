import type { Ctx } from '../../../shared/types/context.ts';
import type { PageQuery } from '../../../shared/types/page.ts';
import type { Maintenance } from '../services/maintenance.service.ts';
import type { AnnounceMaintenance } from '../validators/maintenance-notice.ts';

type One = { params: { id: string } };

export const createMaintenanceController = (maintenance: Maintenance) => ({
  announce: (ctx: Ctx, { body }: { body: AnnounceMaintenance }) => maintenance.announce(ctx, body),
  list: (ctx: Ctx, { query }: { query: PageQuery }) => maintenance.list(ctx, query),
  get: (ctx: Ctx, { params }: One) => maintenance.get(ctx, params.id),
  withdraw: (ctx: Ctx, { params }: One) => maintenance.withdraw(ctx, params.id),
  listHolding: (ctx: Ctx, { query }: { query: PageQuery }) => maintenance.listHolding(ctx, query),
});
export type MaintenanceController = ReturnType<typeof createMaintenanceController>;
