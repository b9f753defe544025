import { pageOf } from '../../../shared/types/page.ts';
import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import { tenantProblems } from '../../tenants/index.ts';
import type { UserController } from '../controllers/user.controller.ts';
import { User } from '../models/user.ts';
import { authProblems } from '../problems.ts';
import { CreateUser, ListUsers, UpdateUser, UserParams } from '../validators/user.ts';

const { email_taken, user_not_found, last_admin, role_not_found } = authProblems;

export const userRoutes = (controller: UserController): RouteGroup => ({
  tag: 'Users',
  base: '/users',
  routes: [
    route({
      method: 'post',
      path: '/',
      summary: 'Open an account for a colleague or a patient',
      access: 'staff:write',
      body: CreateUser,
      response: [201, User],
      problems: [email_taken, role_not_found, tenantProblems.plan_limit_reached, commonProblems.unavailable],
      handle: controller.create,
    }),
    route({
      method: 'get',
      path: '/',
      summary: 'List who can log in; only administrators see the accounts of patients',
      access: 'staff:read',
      query: ListUsers,
      response: [200, pageOf(User)],
      handle: controller.list,
    }),
    route({
      method: 'get',
      path: '/:id',
      summary: 'Get a user',
      access: 'staff:read',
      params: UserParams,
      response: [200, User],
      problems: [user_not_found],
      handle: controller.get,
    }),
    route({
      method: 'patch',
      path: '/:id',
      summary: 'Change a user; another role, or deactivation, ends their sessions',
      access: 'staff:write',
      params: UserParams,
      body: UpdateUser,
      response: [200, User],
      problems: [
        user_not_found,
        last_admin,
        role_not_found,
        tenantProblems.plan_limit_reached,
        commonProblems.version_conflict,
      ],
      handle: controller.update,
    }),
    route({
      method: 'delete',
      path: '/:id',
      summary: 'Remove a user; their sessions end, and the address is free again',
      access: 'staff:write',
      params: UserParams,
      response: [204],
      problems: [user_not_found, last_admin, commonProblems.version_conflict],
      handle: controller.remove,
    }),
    route({
      method: 'delete',
      path: '/:id/mfa',
      summary: 'Remove the second factor of somebody who has lost it; their sessions end',
      access: 'staff:write',
      params: UserParams,
      response: [204],
      problems: [user_not_found],
      handle: controller.resetMfa,
    }),
  ],
});
