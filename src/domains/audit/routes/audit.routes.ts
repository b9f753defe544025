import { pageOf } from '../../../shared/types/page.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { AuditController } from '../controllers/audit.controller.ts';
import { AuditLog } from '../models/audit-log.ts';
import { Verification } from '../models/verification.ts';
import { ListAuditLogs } from '../validators/audit-log.ts';

export const auditRoutes = (controller: AuditController): RouteGroup => ({
  tag: 'Audit',
  base: '/audit-logs',
  routes: [
    route({
      method: 'get',
      path: '/',
      summary: 'Who did what, and read of whom, the newest first',
      description:
        'Accept: text/csv or application/x-ndjson gives everything that matches, without pages, as it is read. An export leaves a row itself.',
      access: 'audit:read',
      query: ListAuditLogs,
      response: [200, pageOf(AuditLog)],
      rateClass: 'search',
      streams: { 'text/csv': controller.exportCsv, 'application/x-ndjson': controller.exportNdjson },
      handle: controller.list,
    }),
    route({
      method: 'get',
      path: '/verify',
      summary: 'Whether the audit trail is as it was written',
      description:
        'Reads all of it and recomputes the chain of hashes. What is wrong first is named: rows that were changed, removed or put in by hand.',
      access: 'audit:read',
      response: [200, Verification],
      rateClass: 'export',
      handle: controller.verify,
    }),
  ],
});
