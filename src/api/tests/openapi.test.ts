import { describe, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { z } from 'zod';
import { route, type Route } from '../../shared/utils/route.ts';
import { buildOpenApi, openApiText } from '../openapi.ts';
import type { Operation } from '../openapi/document.ts';
import { teaRoutes } from './fake-api.ts';
import { exampleFaults } from './openapi-examples.ts';

const identity = { appName: 'Teas', version: '1.2.3' };
const document = buildOpenApi([teaRoutes()], identity);

const operation = (method: string, path: string): Operation => {
  const found = document.paths[path]?.[method];
  if (!found) throw new Error(`No ${method} ${path}`);
  return found;
};
const parametersOf = ({ parameters = [] }: Operation) =>
  parameters.map((each) => ('name' in each ? each.name : each.$ref.split('/').at(-1)));
const statusesOf = ({ responses }: Operation) => Object.keys(responses);
const documentOf = (definition: Partial<Route>) => {
  const whole = {
    method: 'get',
    path: '/',
    summary: 'Any',
    access: 'open',
    response: [204],
    handle: () => Promise.resolve(),
    ...definition,
  } as Route;
  return buildOpenApi([{ tag: 'Any', base: '/any', routes: [route(whole as never)] }], identity);
};

describe('the document', () => {
  test('is OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  test('is the same text for the same routes', () => {
    expect(openApiText([teaRoutes()], identity)).toBe(openApiText([teaRoutes()], identity));
  });

  test('holds only examples that their schemas allow', () => {
    expect(exampleFaults(document)).toEqual([]);
  });

  test('names the product, its version and who may do what', () => {
    expect(document.info).toMatchObject({ title: 'Teas', version: '1.2.3' });
    expect(document.info.description).toMatch(/\| `services:write` \| +\| yes \|/);
    expect(document.servers).toEqual([{ url: '/api/v1', description: 'This installation' }]);
  });

  test('writes a path as OpenAPI does, with its id explained', () => {
    expect(Object.keys(document.paths)).toEqual([
      '/teas',
      '/teas/{id}',
      '/teas/{id}/label',
      '/teas/{id}/steep',
    ]);
    expect(operation('get', '/teas/{id}').parameters).toContainEqual(
      expect.objectContaining({ name: 'id', in: 'path', required: true }),
    );
  });
});

describe('an operation', () => {
  test('has a name that generated clients can use', () => {
    const names = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(names).toEqual(['createTea', 'listTeas', 'getTea', 'updateTea', 'getTeaLabel', 'steepTea']);
  });

  test('that needs a permission says which, and which roles have it', () => {
    const created = operation('post', '/teas');
    expect(created.security).toEqual([{ bearerAuth: [] }]);
    expect(created['x-permission']).toBe('services:write');
    expect(created['x-roles']).toEqual(['tenant_admin']);
    expect(operation('get', '/teas/{id}')['x-roles']).toContain('patient');
  });

  test('for anyone needs no token, and names its tenant by a header', () => {
    const listed = operation('get', '/teas');
    expect(listed.security).toEqual([]);
    expect(listed).not.toHaveProperty('x-roles');
    expect(parametersOf(listed)).toEqual(
      expect.arrayContaining(['limit', 'cursor', 'strong', 'TenantId', 'TenantSubdomain']),
    );
  });

  test('takes the headers that its answers speak of', () => {
    expect(parametersOf(operation('post', '/teas'))).toEqual(['IdempotencyKey']);
    expect(parametersOf(operation('get', '/teas/{id}'))).toEqual(['id', 'IfNoneMatch']);
    expect(parametersOf(operation('patch', '/teas/{id}'))).toEqual(['id', 'IfMatch']);
    expect(parametersOf(operation('post', '/teas/{id}/steep'))).toEqual(['id']);
  });

  test('lists every status that it can answer with', () => {
    expect(statusesOf(operation('post', '/teas'))).toEqual([
      '201',
      '400',
      '401',
      '403',
      '406',
      '409',
      '413',
      '414',
      '415',
      '422',
      '429',
      '500',
      '503',
    ]);
    expect(statusesOf(operation('get', '/teas'))).toEqual([
      '200',
      '304',
      '400',
      '403',
      '404',
      '406',
      '414',
      '422',
      '429',
      '500',
      '503',
    ]);
    expect(statusesOf(operation('patch', '/teas/{id}'))).toEqual([
      '200',
      '400',
      '401',
      '403',
      '404',
      '406',
      '412',
      '413',
      '414',
      '415',
      '422',
      '429',
      '500',
      '503',
    ]);
    expect(statusesOf(operation('post', '/teas/{id}/steep'))).toEqual([
      '204',
      '406',
      '409',
      '414',
      '422',
      '429',
      '500',
      '503',
    ]);
  });

  test('shows its own problems with their codes', () => {
    const { 409: conflict } = operation('post', '/teas/{id}/steep').responses;
    expect(JSON.stringify(conflict)).toContain('"enum":["out_of_tea"]');
    expect(document.components.responses).toHaveProperty('SessionRevokedOrTokenExpiredOrUnauthenticated');
  });

  test('is written in the media type of the route', () => {
    expect(operation('get', '/teas').responses['200']).toMatchObject({ content: { 'application/json': {} } });
    expect(operation('get', '/teas/{id}/label').responses['200']).toMatchObject({
      content: { 'text/plain': { schema: { type: 'string' } } },
    });
  });

  test('promises the headers of its success', () => {
    expect(operation('post', '/teas').responses['201']).toMatchObject({
      headers: { ETag: {}, Location: {}, 'Idempotency-Replayed': {}, 'X-Request-ID': {} },
    });
    expect(operation('post', '/teas/{id}/steep').responses['204']).not.toHaveProperty('content');
  });
});

describe('a schema', () => {
  test('shows the wire: an instant is text, a flag of a query a boolean', () => {
    const { Tea } = document.components.schemas;
    expect(Tea?.properties?.['pickedAt']).toMatchObject({ type: 'string', format: 'date-time' });
    const flag = operation('get', '/teas').parameters?.find(
      (each) => 'name' in each && each.name === 'strong',
    );
    expect(flag).toMatchObject({ schema: { type: 'boolean' } });
  });

  test('of an answer holds what has a default, that of a request need not', () => {
    expect(document.components.schemas['Tea']?.required).toContain('strong');
    const body = operation('post', '/teas').requestBody?.content['application/json']?.schema;
    expect(body?.required).not.toContain('strong');
  });

  test('that differs between request and answer has two names', () => {
    const Cup = z.object({ hot: z.boolean().default(true) }).meta({ id: 'Cup' });
    const both = documentOf({ method: 'post', body: z.strictObject({ cup: Cup }), response: [200, Cup] });
    expect(both.components.schemas['Cup']?.required).toEqual(['hot']);
    expect(both.components.schemas['CupInput']).not.toHaveProperty('required');
  });

  test('with rules of its own has an example that keeps them', () => {
    const body = z
      .strictObject({ doctorId: z.string().optional(), specialization: z.string().optional() })
      .refine(({ doctorId, specialization }) => (doctorId === undefined) !== (specialization === undefined));
    const operations = documentOf({ method: 'post', body, response: [204] }).paths['/any'];
    expect(
      body.safeParse(operations?.['post']?.requestBody?.content['application/json']?.example).success,
    ).toBe(true);
  });

  test('that contains itself is named, and its example ends', () => {
    const Leaf = z
      .object({
        name: z.string(),
        get twigs() {
          return z.array(Leaf);
        },
      })
      .meta({ id: 'Leaf' });
    expect(exampleFaults(documentOf({ response: [200, Leaf] }))).toEqual([]);
  });
});

describe('a route that cannot be described', () => {
  test.each([
    ['has no form in JSON', { response: [200, z.object({ big: z.bigint() })] as const }],
    ['needs .meta({ example })', { body: z.strictObject({ odd: z.string().regex(/^(?!a)a$/) }) }],
  ])('is named: %s', (reason, definition) => {
    expect(() => documentOf(definition)).toThrow(`GET /any cannot be described`);
    expect(() => documentOf(definition)).toThrow(reason);
  });

  test('because its name is taken is named with the other', () => {
    expect(() => buildOpenApi([teaRoutes(), teaRoutes()], identity)).toThrow(
      'POST /teas and POST /teas would both be called createTea',
    );
  });
});
