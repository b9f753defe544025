import { PageQuery, pageOf } from '../../../shared/types/page.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { MaintenanceController } from '../controllers/maintenance.controller.ts';
import { MaintenanceNotice } from '../models/maintenance-notice.ts';
import { tenantProblems } from '../problems.ts';
import { AnnounceMaintenance, NoticeParams } from '../validators/maintenance-notice.ts';

const { maintenance_notice_not_found } = tenantProblems;

/** For operators, who announce; and for everybody, who reads. */
export const maintenanceRoutes = (controller: MaintenanceController): RouteGroup[] => [
  {
    tag: 'Platform',
    base: '/platform/maintenance-notices',
    routes: [
      route({
        method: 'post',
        path: '/',
        summary: 'Announce maintenance to everybody',
        description:
          'Every active clinic gets the event maintenance.announced, and every connected client the message maintenance_notice.',
        access: 'platform:write',
        body: AnnounceMaintenance,
        response: [201, MaintenanceNotice],
        handle: controller.announce,
      }),
      route({
        method: 'get',
        path: '/',
        summary: 'List what was announced, the newest first',
        access: 'platform:read',
        query: PageQuery,
        response: [200, pageOf(MaintenanceNotice)],
        handle: controller.list,
      }),
      route({
        method: 'get',
        path: '/:id',
        summary: 'Get an announcement',
        access: 'platform:read',
        params: NoticeParams,
        response: [200, MaintenanceNotice],
        problems: [maintenance_notice_not_found],
        handle: controller.get,
      }),
      route({
        method: 'delete',
        path: '/:id',
        summary: 'Withdraw an announcement, which everybody is told of as well',
        access: 'platform:write',
        params: NoticeParams,
        response: [204],
        problems: [maintenance_notice_not_found],
        handle: controller.withdraw,
      }),
    ],
  },
  {
    tag: 'Tenants',
    base: '/maintenance-notices',
    routes: [
      route({
        method: 'get',
        path: '/',
        summary: 'List the maintenance that goes on or is to come, the newest announcement first',
        access: 'user',
        query: PageQuery,
        response: [200, pageOf(MaintenanceNotice)],
        handle: controller.listHolding,
      }),
    ],
  },
];
