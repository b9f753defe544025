import { STATUS_CODES } from 'node:http';
import { commonProblems, type Problem } from '../../shared/utils/errors.ts';
import { isCreating, mediaTypesOf, type Route } from '../../shared/utils/route.ts';
import { problemsOf } from '../route-problems.ts';
import type { HeaderName } from './components.ts';
import type { ApiResponse, Reference } from './document.ts';
import { acceptedExample } from './examples.ts';
import type { SchemaRegistry } from './schemas.ts';

/** On every answer to a request that some route takes. */
const EVERYWHERE: HeaderName[] = ['X-Request-ID', 'RateLimit-Policy', 'RateLimit'];

const referTo = (names: readonly HeaderName[]): Record<string, Reference> =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** Every answer of a route by its status. Those that many routes share are put into `shared` under a name. */
export const responsesOf = (
  definition: Route,
  registry: SchemaRegistry,
  shared: Map<string, ApiResponse>,
): Record<string, ApiResponse | Reference> => {
  const [status, schema] = definition.response;
  const responses: [string, ApiResponse | Reference][] = [[String(status), success(definition, registry)]];
  if (definition.method === 'get' && schema) {
    const description = 'Not changed since the ETag in If-None-Match';
    responses.push(['304', { description, headers: referTo(['ETag', ...EVERYWHERE]) }]);
  }
  for (const [failure, problems] of byStatus(problemsOf(definition)))
    responses.push([failure, problemResponse(problems, shared)]);
  return Object.fromEntries(responses.sort(([a], [b]) => Number(a) - Number(b)));
};

const success = (definition: Route, registry: SchemaRegistry): ApiResponse => {
  const [status, zodSchema] = definition.response;
  const schema = zodSchema && registry.describe(zodSchema, 'response');
  const fields = schema ? Object.keys(registry.resolve(schema).properties ?? {}) : [];
  const names: HeaderName[] = [...EVERYWHERE];
  if (zodSchema && (definition.method === 'get' || fields.includes('version'))) names.push('ETag');
  if (status === 201 && fields.includes('id')) names.push('Location');
  if (isCreating(definition)) names.push('Idempotency-Replayed');
  return {
    description: STATUS_CODES[status] ?? '',
    headers: referTo(names),
    ...(zodSchema &&
      schema && {
        content: Object.fromEntries(
          mediaTypesOf(definition).map((mediaType) => [
            mediaType,
            definition.streams?.[mediaType]
              ? { schema: { type: 'string' } }
              : { schema, example: acceptedExample(zodSchema, schema, registry) },
          ]),
        ),
      }),
  };
};

const byStatus = (problems: readonly Problem[]): Map<string, Problem[]> => {
  const groups = new Map<string, Problem[]>();
  for (const problem of problems.toSorted((a, b) => (a.code < b.code ? -1 : 1))) {
    const status = String(problem.status);
    groups.set(status, [...(groups.get(status) ?? []), problem]);
  }
  return groups;
};

const problemResponse = (
  problems: readonly Problem[],
  shared: Map<string, ApiResponse>,
): ApiResponse | Reference => {
  const response: ApiResponse = {
    description: problems.map(({ code, title }) => `\`${code}\`: ${title}`).join('; '),
    headers: referTo(problemHeaders(problems)),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            { type: 'object', properties: { code: { enum: problems.map(({ code }) => code) } } },
          ],
        },
        examples: Object.fromEntries(
          problems.map((each) => [each.code, { summary: each.title, value: document(each) }]),
        ),
      },
    },
  };
  if (!problems.every(({ code }) => code in commonProblems)) return response;
  const name = problems.map(({ code }) => pascal(code)).join('Or');
  shared.set(name, response);
  return { $ref: `#/components/responses/${name}` };
};

const problemHeaders = (problems: readonly Problem[]): HeaderName[] => {
  const status = problems[0]?.status;
  if (status === 401) return [...EVERYWHERE, 'WWW-Authenticate'];
  return status === 429 || status === 503 ? [...EVERYWHERE, 'Retry-After'] : EVERYWHERE;
};

const document = ({ code, title, status, advice }: Problem) => ({
  type: `/problems/${code}`,
  title,
  status,
  detail: advice,
  instance: '/api/v1/appointments/01989f6e-6c3a-7cc1-9d57-0f3b8f8f7c1e',
  code,
  requestId: '01989f6e-7d10-7b52-8a41-3c5de0f1a2b4',
  ...(code === 'validation_failed' && {
    errors: [{ pointer: '/startsAt', detail: 'must be an RFC 3339 instant with an offset' }],
  }),
});

const pascal = (code: string): string =>
  code
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
