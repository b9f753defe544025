import { z } from 'zod';
import { createDomains } from '../../src/composition/domains.ts';
import { buildOpenApi } from '../../src/api/openapi.ts';
import type { Operation, Parameter } from '../../src/api/openapi/document.ts';
import { publicPath } from '../../src/api/openapi/names.ts';
import { createInfrastructure } from '../../src/infrastructure.ts';
import { opens, permissionsOf, type Role } from '../../src/shared/config/permissions.ts';
import { parseConfig } from '../../src/shared/config/config.ts';
import { createLogger } from '../../src/shared/utils/logger.ts';
import {
  needsToken as definitionNeedsToken,
  permissionOf,
  type Route,
} from '../../src/shared/utils/route.ts';

/** One route of the product with what the product's documentation says of it. */
export type TableRoute = {
  /** `GET /doctors/{id}` */
  readonly name: string;
  readonly method: string;
  /** In OpenAPI's spelling, below `/api/v1`. */
  readonly path: string;
  readonly definition: Route;
  readonly operation: Operation;
};

const config = parseConfig({});
const infrastructure = createInfrastructure(config, createLogger({ ...config, logLevel: 'silent' }));
const groups = createDomains(infrastructure).routes;
await infrastructure.close();

/** What the product publishes about itself, made from the same table as its routes. */
export const apiDocument = buildOpenApi(groups, { appName: config.appName, version: '1.0.0' });

/** Every route of the product. Tests that walk it hold for a route that is added later. */
export const everyRoute: readonly TableRoute[] = groups.flatMap(({ base, routes }) =>
  routes.map((definition) => {
    const path = publicPath(base + definition.path);
    const operation = apiDocument.paths[path]?.[definition.method];
    if (!operation) throw new Error(`${definition.method} ${path} is not documented`);
    const method = definition.method.toUpperCase();
    return { name: `${method} ${path}`, method, path, definition, operation };
  }),
);

/** The roles that can log in to a clinic. */
export const clinicRoles = ['tenant_admin', 'receptionist', 'doctor', 'patient'] as const satisfies Role[];
export type ClinicRole = (typeof clinicRoles)[number];

export const needsToken = ({ definition }: TableRoute): boolean => definitionNeedsToken(definition);

/** Whether the permission that the route asks for, if any, is one of the role's. */
export const mayCall = (role: ClinicRole, { definition }: TableRoute): boolean => {
  const permission = permissionOf(definition);
  return permission === undefined || opens(permissionsOf(role), permission);
};

/** The names of the path's parameters that are ids, from left to right. */
export const idParameters = ({ path }: TableRoute): string[] =>
  [...path.matchAll(/\{(\w*[iI]d)\}/g)].map(([, name = '']) => name);

export const queryParameters = ({ operation }: TableRoute): Parameter[] =>
  (operation.parameters ?? []).flatMap((each) => ('in' in each && each.in === 'query' ? [each] : []));

export const hasBody = ({ definition }: TableRoute): boolean => definition.body !== undefined;

/** Whether the route lists `code` among its own problems. */
export const answers = ({ definition: { problems = [] } }: TableRoute, code: string): boolean =>
  problems.some((problem) => problem.code === code);

/** Whether a request to `path` may be one to `pattern`, which has a parameter where `path` has a word. */
export const covers = (pattern: string, path: string): boolean => {
  const [asked, given] = [pattern.split('/'), path.split('/')];
  return asked.length === given.length && asked.every((part, i) => part === given[i] || part.startsWith('{'));
};

/** The names of the fields that the body of the route may have, where it is one object. */
export const fieldsOfBody = ({ definition: { body } }: TableRoute): string[] =>
  body instanceof z.ZodObject ? Object.keys(body.shape) : [];

/** The names of the fields of what the route answers when all is well. */
export const fieldsOfAnswer = ({ definition: { response } }: TableRoute): string[] => {
  const [, schema] = response;
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
};
