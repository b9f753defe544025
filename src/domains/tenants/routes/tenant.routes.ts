import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { TenantController } from '../controllers/tenant.controller.ts';
import { PublicTenant } from '../models/tenant.ts';
import { TenantSettings, UpdateSettings, UpdateTenant } from '../validators/tenant.ts';

const { version_conflict } = commonProblems;

export const tenantRoutes = (controller: TenantController): RouteGroup => ({
  tag: 'Tenants',
  base: '/tenants',
  routes: [
    route({
      method: 'get',
      path: '/current',
      summary: 'Get the clinic that the request names',
      access: 'tenant',
      response: [200, PublicTenant],
      handle: controller.current,
    }),
    route({
      method: 'patch',
      path: '/current',
      summary: 'Change the profile of the clinic; fields that are not given stay',
      access: 'tenant:write',
      body: UpdateTenant,
      response: [200, PublicTenant],
      problems: [version_conflict],
      handle: controller.update,
    }),
    route({
      method: 'get',
      path: '/current/settings',
      summary: 'Get every booking rule, set or by default',
      access: 'tenant:read',
      response: [200, TenantSettings],
      handle: controller.settings,
    }),
    route({
      method: 'patch',
      path: '/current/settings',
      summary: 'Change booking rules; rules that are not given stay',
      access: 'tenant:write',
      body: UpdateSettings,
      response: [200, TenantSettings],
      problems: [version_conflict],
      handle: controller.updateSettings,
    }),
  ],
});
