import { PageQuery, pageOf } from '../../../shared/types/page.ts';
import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { DomainController } from '../controllers/domain.controller.ts';
import { Domain } from '../models/domain.ts';
import { tenantProblems } from '../problems.ts';
import { AddDomain, DomainParams } from '../validators/domain.ts';

const { domain_not_found, domain_exists, domain_not_verified, domain_taken } = tenantProblems;

export const domainRoutes = (controller: DomainController): RouteGroup => ({
  tag: 'Tenants',
  base: '/tenants/current/domains',
  routes: [
    route({
      method: 'post',
      path: '/',
      summary: 'Claim a hostname; publish the TXT record that the answer names, then verify',
      description:
        'Others may claim it too: a claim reserves nothing. Point the hostname itself to this installation as well.',
      access: 'tenant:write',
      body: AddDomain,
      response: [201, Domain],
      problems: [domain_exists],
      handle: controller.add,
    }),
    route({
      method: 'get',
      path: '/',
      summary: 'List the hostnames of the clinic, verified or not',
      access: 'tenant:write',
      query: PageQuery,
      response: [200, pageOf(Domain)],
      handle: controller.list,
    }),
    route({
      method: 'get',
      path: '/:id',
      summary: 'Get a hostname of the clinic',
      access: 'tenant:write',
      params: DomainParams,
      response: [200, Domain],
      problems: [domain_not_found],
      handle: controller.get,
    }),
    route({
      method: 'post',
      path: '/:id/verify',
      summary: 'Look for the TXT record; where it is, requests to the hostname are for this clinic',
      description:
        'It stays verified if the record disappears, until another clinic proves the same hostname.',
      access: 'tenant:write',
      params: DomainParams,
      response: [200, Domain],
      problems: [
        domain_not_found,
        domain_not_verified,
        domain_taken,
        commonProblems.version_conflict,
        commonProblems.unavailable,
      ],
      handle: controller.verify,
    }),
    route({
      method: 'delete',
      path: '/:id',
      summary: 'Give a hostname up',
      access: 'tenant:write',
      params: DomainParams,
      response: [204],
      problems: [domain_not_found, commonProblems.version_conflict],
      handle: controller.remove,
    }),
  ],
});
