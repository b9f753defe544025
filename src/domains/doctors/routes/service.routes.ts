import { pageOf } from '../../../shared/types/page.ts';
import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { ServiceController } from '../controllers/service.controller.ts';
import { Service } from '../models/service.ts';
import { doctorProblems } from '../problems.ts';
import { CreateService, ListServices, ServiceParams, UpdateService } from '../validators/service.ts';

const { service_not_found } = doctorProblems;
const { version_conflict } = commonProblems;

export const serviceRoutes = (controller: ServiceController): RouteGroup => {
  const change = (method: 'patch' | 'put') =>
    route({
      method,
      path: '/:id',
      summary: 'Change a service; booked appointments keep their length, fields that are not given stay',
      access: 'services:write',
      params: ServiceParams,
      body: UpdateService,
      response: [200, Service],
      problems: [service_not_found, version_conflict],
      handle: controller.update,
    });
  return {
    tag: 'Services',
    base: '/services',
    routes: [
      route({
        method: 'post',
        path: '/',
        summary: 'Add a service that can be booked',
        access: 'services:write',
        body: CreateService,
        response: [201, Service],
        handle: controller.create,
      }),
      route({
        method: 'get',
        path: '/',
        summary: 'List the services; patients see those that they may book',
        access: 'services:read',
        query: ListServices,
        response: [200, pageOf(Service)],
        handle: controller.list,
      }),
      route({
        method: 'get',
        path: '/:id',
        summary: 'Get a service',
        access: 'services:read',
        params: ServiceParams,
        response: [200, Service],
        problems: [service_not_found],
        handle: controller.get,
      }),
      change('patch'),
      change('put'),
      route({
        method: 'delete',
        path: '/:id',
        summary: 'Remove a service; appointments that name it stay',
        access: 'services:write',
        params: ServiceParams,
        response: [204],
        problems: [service_not_found, version_conflict],
        handle: controller.remove,
      }),
    ],
  };
};
