import type { RouteGroup } from '../shared/utils/route.ts';
import { headers, problemSchema } from './openapi/components.ts';
import { apiDescription } from './openapi/description.ts';
import type { OpenApiDocument, Operation } from './openapi/document.ts';
import { publicPath } from './openapi/names.ts';
import { operationOf, type Shared } from './openapi/operation.ts';
import { headerParameters } from './openapi/parameters.ts';
import { createSchemaRegistry } from './openapi/schemas.ts';

export type { OpenApiDocument } from './openapi/document.ts';

/** What the document says of the product itself. */
export type ApiIdentity = { readonly appName: string; readonly version: string };

/** The OpenAPI 3.1 document of `groups`: the same groups always give the same document. Throws for a route that it cannot describe. */
export const buildOpenApi = (
  groups: readonly RouteGroup[],
  { appName, version }: ApiIdentity,
): OpenApiDocument => {
  const shared: Shared = { registry: createSchemaRegistry(), responses: new Map() };
  shared.registry.add('Problem', problemSchema);
  const paths = pathsOf(groups, shared);
  return {
    openapi: '3.1.1',
    info: {
      title: appName,
      version,
      description: apiDescription(),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api/v1', description: 'This installation' }],
    tags: [...new Set(groups.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearerAuth: { type: 'http', scheme: 'bearer', description: 'An access token or an API key' },
      },
      parameters: headerParameters,
      headers,
      responses: Object.fromEntries([...shared.responses].sort(([a], [b]) => (a < b ? -1 : 1))),
      schemas: shared.registry.shared(),
    },
  };
};

/** The document as text, as it is committed and served. */
export const openApiText = (groups: readonly RouteGroup[], identity: ApiIdentity): string =>
  `${JSON.stringify(buildOpenApi(groups, identity), null, 2)}\n`;

const pathsOf = (groups: readonly RouteGroup[], shared: Shared): OpenApiDocument['paths'] => {
  const paths: OpenApiDocument['paths'] = {};
  const owners = new Map<string, string>();
  for (const { base, routes, tag } of groups) {
    for (const definition of routes) {
      const path = publicPath(base + definition.path);
      const name = `${definition.method.toUpperCase()} ${path}`;
      const operation = describing(name, () => operationOf(definition, path, tag, shared));
      demandOwnName(operation, name, owners);
      paths[path] = { ...paths[path], [definition.method]: operation };
    }
  }
  return paths;
};

/** Client generators make one method of each operationId. */
const demandOwnName = ({ operationId }: Operation, name: string, owners: Map<string, string>): void => {
  const owner = owners.get(operationId);
  if (owner !== undefined) throw new Error(`${owner} and ${name} would both be called ${operationId}`);
  owners.set(operationId, name);
};

const describing = (name: string, describe: () => Operation): Operation => {
  try {
    return describe();
  } catch (cause) {
    throw new Error(`${name} cannot be described: ${String(cause)}`, { cause });
  }
};
