import { opens, permissionsOf, type Permission, roles } from '../../shared/config/permissions.ts';
import { needsToken, permissionOf, type Route } from '../../shared/utils/route.ts';
import type { ApiResponse, Operation } from './document.ts';
import { acceptedExample } from './examples.ts';
import { operationIdOf } from './names.ts';
import { parametersOf } from './parameters.ts';
import { responsesOf } from './responses.ts';
import type { SchemaRegistry } from './schemas.ts';

/** What operations share: written once, referred to by name. */
export type Shared = { readonly registry: SchemaRegistry; readonly responses: Map<string, ApiResponse> };

/** One route at its public path, described in full. */
export const operationOf = (definition: Route, path: string, tag: string, shared: Shared): Operation => {
  const { registry, responses } = shared;
  const description = descriptionOf(definition);
  const parameters = parametersOf(definition, path, registry);
  return {
    operationId: operationIdOf(definition, path),
    tags: [tag],
    summary: definition.summary,
    ...(description !== '' && { description }),
    ...accessOf(definition),
    ...(parameters.length > 0 && { parameters }),
    ...(definition.body && { requestBody: requestBody(definition.body, registry) }),
    ...(definition.upload && { requestBody: FILE }),
    responses: responsesOf(definition, registry, responses),
  };
};

/** What a form sends for one file. */
const FILE = {
  required: true,
  content: {
    'multipart/form-data': {
      schema: {
        type: 'object',
        properties: { file: { type: 'string', format: 'binary' } },
        required: ['file'],
      },
    },
  },
};

const requestBody = (body: NonNullable<Route['body']>, registry: SchemaRegistry) => {
  const schema = registry.describe(body, 'request');
  const required = !body.safeParse(undefined).success;
  const example = acceptedExample(body, schema, registry);
  return { required, content: { 'application/json': { schema, example } } };
};

const rolesWith = (permission: Permission | undefined) =>
  roles.filter((role) => permission === undefined || opens(permissionsOf(role), permission));

const accessOf = (definition: Route): Pick<Operation, 'security' | 'x-permission' | 'x-roles'> => {
  if (!needsToken(definition)) return { security: [] };
  const permission = permissionOf(definition);
  return {
    security: [{ bearerAuth: [] }],
    ...(permission && { 'x-permission': permission }),
    'x-roles': rolesWith(permission),
  };
};

const descriptionOf = (definition: Route): string => {
  const permission = permissionOf(definition);
  const who =
    permission && `Needs \`${permission}\`, which ${rolesWith(permission).join(', ') || 'no role'} has.`;
  return [definition.description, who].filter((paragraph) => paragraph !== undefined).join('\n\n');
};
