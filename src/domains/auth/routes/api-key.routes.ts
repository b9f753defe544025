import { PageQuery, pageOf } from '../../../shared/types/page.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { ApiKeyController } from '../controllers/api-key.controller.ts';
import { ApiKey, NewApiKey } from '../models/api-key.ts';
import { authProblems } from '../problems.ts';
import { ApiKeyParams, CreateApiKey } from '../validators/api-key.ts';

export const apiKeyRoutes = (controller: ApiKeyController): RouteGroup => ({
  tag: 'API keys',
  base: '/api-keys',
  routes: [
    route({
      method: 'post',
      path: '/',
      summary: 'Make a key with which a program calls the API',
      description:
        'It may do what its permissions say, as long as you may: it shrinks when your rights do, and rests while you are deactivated. You cannot give what you do not hold: 403 `forbidden` names what is missing.',
      access: 'api-keys:write',
      body: CreateApiKey,
      response: [201, NewApiKey],
      handle: controller.create,
    }),
    route({
      method: 'get',
      path: '/',
      summary: 'List the keys that have not been revoked',
      access: 'api-keys:read',
      query: PageQuery,
      response: [200, pageOf(ApiKey)],
      handle: controller.list,
    }),
    route({
      method: 'get',
      path: '/:id',
      summary: 'Get a key, without its text',
      access: 'api-keys:read',
      params: ApiKeyParams,
      response: [200, ApiKey],
      problems: [authProblems.api_key_not_found],
      handle: controller.get,
    }),
    route({
      method: 'delete',
      path: '/:id',
      summary: 'Revoke a key; it opens nothing from that moment on',
      access: 'api-keys:write',
      params: ApiKeyParams,
      response: [204],
      problems: [authProblems.api_key_not_found],
      handle: controller.revoke,
    }),
  ],
});
