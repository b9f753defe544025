import { PageQuery, pageOf } from '../../../shared/types/page.ts';
import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { CustomRoleController } from '../controllers/custom-role.controller.ts';
import { CustomRole } from '../models/custom-role.ts';
import { authProblems } from '../problems.ts';
import { CreateRole, RoleParams, UpdateRole } from '../validators/custom-role.ts';

const { role_not_found, role_name_taken, role_in_use } = authProblems;
const { version_conflict } = commonProblems;

export const customRoleRoutes = (controller: CustomRoleController): RouteGroup => ({
  tag: 'Roles',
  base: '/roles',
  routes: [
    route({
      method: 'post',
      path: '/',
      summary: 'Make a role; give it to a doctor or a receptionist by PATCH /users/{id}',
      description: 'It cannot hold what you do not hold: 403 `forbidden` names what is missing.',
      access: 'roles:write',
      body: CreateRole,
      response: [201, CustomRole],
      problems: [role_name_taken],
      handle: controller.create,
    }),
    route({
      method: 'get',
      path: '/',
      summary: 'List the roles that the clinic has made',
      access: 'roles:read',
      query: PageQuery,
      response: [200, pageOf(CustomRole)],
      handle: controller.list,
    }),
    route({
      method: 'get',
      path: '/:id',
      summary: 'Get a role',
      access: 'roles:read',
      params: RoleParams,
      response: [200, CustomRole],
      problems: [role_not_found],
      handle: controller.get,
    }),
    route({
      method: 'patch',
      path: '/:id',
      summary: 'Change a role; it holds at once for everybody who has it',
      access: 'roles:write',
      params: RoleParams,
      body: UpdateRole,
      response: [200, CustomRole],
      problems: [role_not_found, role_name_taken, version_conflict],
      handle: controller.update,
    }),
    route({
      method: 'delete',
      path: '/:id',
      summary: 'Delete a role that nobody has',
      access: 'roles:write',
      params: RoleParams,
      response: [204],
      problems: [role_not_found, role_in_use, version_conflict],
      handle: controller.remove,
    }),
  ],
});
