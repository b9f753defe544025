import type { Ctx } from '../../../shared/types/context.ts';
import type { AuditLogService } from '../services/audit-log.service.ts';
import type { Verifier } from '../services/verifier.ts';
import type { ListAuditLogs } from '../validators/audit-log.ts';

type Query = { query: ListAuditLogs };

export const createAuditController = (logs: AuditLogService, verifier: Verifier) => ({
  list: (ctx: Ctx, { query }: Query) => logs.list(ctx, query),
  exportCsv: (ctx: Ctx, { query }: Query) => logs.exportCsv(ctx, query),
  exportNdjson: (ctx: Ctx, { query }: Query) => logs.exportNdjson(ctx, query),
  verify: (ctx: Ctx) => verifier.verify(ctx.tenantId),
});
export type AuditController = ReturnType<typeof createAuditController>;
