import type { z } from 'zod';
import { commonProblems } from '../../shared/utils/errors.ts';
import { isCreating, type Route } from '../../shared/utils/route.ts';
import type { JsonSchema, Parameter, Reference } from './document.ts';
import { exampleOf } from './examples.ts';
import type { SchemaRegistry } from './schemas.ts';

/** Headers of requests, by the name under which routes refer to them. */
export const headerParameters = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'Makes a repetition safe: the same key with the same payload gets the first answer again, for 24 hours.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    description:
      'The ETag of the version that the change was made from; if there is a newer one, the answer is 412.',
    schema: { type: 'string' },
  },
  IfNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    description: 'An ETag from before; if nothing has changed since, the answer is 304 without a body.',
    schema: { type: 'string' },
  },
  TenantId: {
    name: 'X-Tenant-ID',
    in: 'header',
    description: 'The clinic by its id. Not needed at an address of the clinic.',
    schema: { type: 'string', format: 'uuid' },
  },
  TenantSubdomain: {
    name: 'X-Tenant-Subdomain',
    in: 'header',
    description: 'The clinic by its subdomain. Not needed at an address of the clinic.',
    schema: { type: 'string' },
  },
} as const satisfies Record<string, Parameter>;

/** Path, query and headers that a route reads. */
export const parametersOf = (
  definition: Route,
  path: string,
  registry: SchemaRegistry,
): (Parameter | Reference)[] => [
  ...pathParameters(definition, path, registry),
  ...queryParameters(definition, registry),
  ...headersOf(definition).map((name) => ({ $ref: `#/components/parameters/${name}` })),
];

const pathParameters = ({ params }: Route, path: string, registry: SchemaRegistry): Parameter[] => {
  const { properties = {} } = fieldsOf(params, registry);
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const schema = properties[name] ?? { type: 'string' };
    return { name, in: 'path', required: true, ...withExample(schema, name, registry) };
  });
};

const queryParameters = ({ query }: Route, registry: SchemaRegistry): Parameter[] => {
  const { properties = {}, required = [] } = fieldsOf(query, registry);
  return Object.entries(properties).map(([name, schema]) =>
    required.includes(name)
      ? { name, in: 'query', required: true, ...withExample(schema, name, registry) }
      : { name, in: 'query', ...described(withoutExamples(schema)) },
  );
};

const fieldsOf = (schema: z.ZodType | undefined, registry: SchemaRegistry): JsonSchema =>
  schema ? registry.resolve(registry.describe(schema, 'request')) : {};

const described = (schema: JsonSchema) => ({
  ...(schema.description !== undefined && { description: schema.description }),
  schema,
});

const withExample = (schema: JsonSchema, name: string, registry: SchemaRegistry) => ({
  ...described(schema),
  example: exampleOf(schema, registry, name),
});

/** The documentation fills examples in where one tries a route, and a filter that nobody asked for finds nothing. */
const withoutExamples = (schema: JsonSchema): JsonSchema => {
  const bare = { ...schema };
  delete bare.examples;
  return bare;
};

const headersOf = (definition: Route): (keyof typeof headerParameters)[] => {
  const { access, method, response, problems = [] } = definition;
  const isVersioned = problems.some(({ code }) => code === commonProblems.version_conflict.code);
  return [
    ...(access === 'tenant' || access === 'tenant-or-platform'
      ? (['TenantId', 'TenantSubdomain'] as const)
      : []),
    ...(isCreating(definition) ? (['IdempotencyKey'] as const) : []),
    ...(isVersioned ? (['IfMatch'] as const) : []),
    ...(method === 'get' && response[1] ? (['IfNoneMatch'] as const) : []),
  ];
};
