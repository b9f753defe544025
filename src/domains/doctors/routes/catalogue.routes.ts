import { z } from 'zod';
import type { Permission } from '../../../shared/config/permissions.ts';
import { Id } from '../../../shared/types/id.ts';
import { pageOf, type PageQuery } from '../../../shared/types/page.ts';
import { commonProblems, type Problem } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import { createCatalogueController } from '../controllers/catalogue.controller.ts';
import type { Affected } from '../models/availability.ts';
import { doctorProblems } from '../problems.ts';
import type { Catalogue } from '../services/catalogue.service.ts';

type CatalogueRoutes<Entry, Query> = {
  readonly tag: string;
  readonly base: `/${string}`;
  /** With its article: `a service`. */
  readonly one: string;
  readonly many: string;
  readonly schema: z.ZodType<Entry>;
  /** The answer to a change. */
  readonly changed: z.ZodType<Entry & Affected>;
  /** The answer to an addition, where that affects anybody. */
  readonly added?: z.ZodType<Entry & Affected>;
  readonly create: z.ZodType<Parameters<Catalogue<Entry, Query>['create']>[1]>;
  readonly update: z.ZodType<Parameters<Catalogue<Entry, Query>['update']>[2]>;
  readonly query: z.ZodType<Query>;
  readonly read: Permission;
  readonly write: Permission;
  readonly notFound: Problem;
  /** What the references of a new or changed entry may miss. */
  readonly missing?: readonly Problem[];
};

const params = z.object({ id: Id });

/** The five routes of one kind of catalogue entry; PUT and PATCH do the same: fields that are not given stay. */
export const catalogueRoutes = <Entry, Query extends PageQuery>(
  kind: CatalogueRoutes<Entry, Query>,
  catalogue: Catalogue<Entry, Query>,
): RouteGroup => {
  const { tag, base, one, many, schema, changed, added = schema, read, write, notFound, missing = [] } = kind;
  const controller = createCatalogueController(catalogue);
  const problems = [notFound, commonProblems.version_conflict];
  const change = (method: 'patch' | 'put') =>
    route({
      method,
      path: '/:id',
      summary: `Change ${one}; fields that are not given stay as they are`,
      description: 'Appointments that this affects are listed, and stay as they are.',
      access: write,
      params,
      body: kind.update,
      response: [200, changed],
      problems: [...problems, ...missing],
      handle: controller.update,
    });
  return {
    tag,
    base,
    routes: [
      route({
        method: 'post',
        path: '/',
        summary: `Add ${one}`,
        access: write,
        body: kind.create,
        response: [201, added],
        problems: missing,
        handle: controller.create,
      }),
      route({
        method: 'get',
        path: '/',
        summary: `List the ${many}`,
        access: read,
        query: kind.query,
        response: [200, pageOf(schema)],
        handle: controller.list,
      }),
      route({
        method: 'get',
        path: '/:id',
        summary: `Get ${one}`,
        access: read,
        params,
        response: [200, schema],
        problems: [notFound],
        handle: controller.get,
      }),
      change('patch'),
      change('put'),
      route({
        method: 'delete',
        path: '/:id',
        summary: `Remove ${one}`,
        access: write,
        params,
        response: [204],
        problems: kind.added ? problems : [...problems, doctorProblems.still_booked],
        handle: controller.remove,
      }),
    ],
  };
};
