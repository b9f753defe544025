import { pageOf } from '../../../shared/types/page.ts';
import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { PlatformController } from '../controllers/platform.controller.ts';
import { PlatformTenant } from '../models/platform-tenant.ts';
import { tenantProblems } from '../problems.ts';
import { ListTenants, TenantParams, UpdatePlatformTenant } from '../validators/platform.ts';

const { tenant_not_found, version_conflict } = commonProblems;
const { tenant_being_deleted } = tenantProblems;
const changing = { access: 'platform:write', params: TenantParams, response: [200, PlatformTenant] } as const;

/** For the operators of the installation. Nothing here shows what is in a clinic. */
export const platformRoutes = (controller: PlatformController): RouteGroup => ({
  tag: 'Platform',
  base: '/platform/tenants',
  routes: [
    route({
      method: 'get',
      path: '/',
      summary: 'List the clinics of the installation',
      access: 'platform:read',
      query: ListTenants,
      response: [200, pageOf(PlatformTenant)],
      handle: controller.list,
    }),
    route({
      method: 'get',
      path: '/:id',
      summary: 'Get a clinic',
      access: 'platform:read',
      params: TenantParams,
      response: [200, PlatformTenant],
      problems: [tenant_not_found],
      handle: controller.get,
    }),
    route({
      ...changing,
      method: 'patch',
      path: '/:id',
      summary: 'Change the plan of a clinic; a lower limit keeps what is there and adds nothing',
      body: UpdatePlatformTenant,
      problems: [tenant_not_found, tenant_being_deleted, version_conflict],
      handle: controller.update,
    }),
    route({
      ...changing,
      method: 'post',
      path: '/:id/suspend',
      summary: 'Suspend a clinic: 403 tenant_suspended for all of it, at once',
      problems: [tenant_not_found, tenant_being_deleted],
      handle: controller.suspend,
    }),
    route({
      ...changing,
      method: 'post',
      path: '/:id/activate',
      summary: 'Bring a clinic back that was suspended, or was to be deleted',
      problems: [tenant_not_found, tenant_being_deleted],
      handle: controller.activate,
    }),
    route({
      ...changing,
      method: 'delete',
      path: '/:id',
      summary: 'Suspend a clinic, and delete it for good at deleteAfter unless it is activated before',
      problems: [tenant_not_found, tenant_being_deleted, version_conflict],
      handle: controller.scheduleDeletion,
    }),
  ],
});
