import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { LoggingController } from '../controllers/logging.controller.ts';
import { Logging } from '../models/logging.ts';
import { ChangeLogging } from '../validators/logging.ts';

const { tenant_not_found, unavailable } = commonProblems;

/** For the operators of the installation: what is written to the logs, in every process, without a restart. */
export const loggingRoutes = (controller: LoggingController): RouteGroup => ({
  tag: 'Platform',
  base: '/platform/logging',
  routes: [
    route({
      method: 'get',
      path: '/',
      summary: 'Get what is logged',
      access: 'platform:read',
      response: [200, Logging],
      handle: controller.get,
    }),
    route({
      method: 'put',
      path: '/',
      summary: 'Log more or less for a while, of everybody or of single clinics',
      description:
        'Holds in every process, also in those that start later, until the time is over. Of the clinics that are named each request, query and event is logged, never what is in them.',
      access: 'platform:write',
      body: ChangeLogging,
      response: [200, Logging],
      problems: [tenant_not_found, unavailable],
      handle: controller.change,
    }),
    route({
      method: 'delete',
      path: '/',
      summary: 'Log as configured again',
      access: 'platform:write',
      response: [204],
      problems: [unavailable],
      handle: controller.reset,
    }),
  ],
});
