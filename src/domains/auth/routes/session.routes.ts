import { pageOf } from '../../../shared/types/page.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { AuthController } from '../controllers/auth.controller.ts';
import { SessionView } from '../models/session.ts';
import { authProblems } from '../problems.ts';
import { ListSessions, SessionParams } from '../validators/credentials.ts';

export const sessionRoutes = (controller: AuthController): RouteGroup => ({
  tag: 'Authentication',
  base: '/auth/sessions',
  routes: [
    route({
      method: 'get',
      path: '/',
      summary: 'List the own sessions, the newest first',
      access: 'account',
      query: ListSessions,
      response: [200, pageOf(SessionView)],
      handle: controller.listSessions,
    }),
    route({
      method: 'delete',
      path: '/',
      summary: 'End all of the own sessions, this one too',
      access: 'account',
      response: [204],
      handle: controller.revokeAllSessions,
    }),
    route({
      method: 'delete',
      path: '/:id',
      summary: 'End one of the own sessions',
      access: 'account',
      params: SessionParams,
      response: [204],
      problems: [authProblems.session_not_found],
      handle: controller.revokeSession,
    }),
  ],
});
