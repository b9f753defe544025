import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer } from '../support/api.ts';
import { startCheckedServer } from '../support/checked-server.ts';
import { rowsOf } from '../support/clinic-contents.ts';
import { exampleRequest, objectsIn, pathOf, withValueAt } from '../support/example-request.ts';
import { aFurnishedClinic, type FurnishedClinic } from '../support/furnished-clinic.ts';
import {
  covers,
  everyRoute,
  fieldsOfBody,
  hasBody,
  idParameters,
  type TableRoute,
} from '../support/route-table.ts';
import type { TestServer } from '../support/test-server.ts';

let server: TestServer;
let clinic: FurnishedClinic;
let contents: unknown;
beforeAll(async () => {
  server = await startCheckedServer();
  clinic = await aFurnishedClinic(server);
  contents = await rowsOf(server, clinic);
});
afterAll(() => server.stop());

const outcome = ({ status, body }: Answer) => [status, body.code];
const pointers = ({ body }: Answer): string[] =>
  (body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer);

const send = (route: TableRoute, changes: { path?: string; body?: unknown }, headers = {}) => {
  const { method, path, body } = { ...exampleRequest(route, clinic.ids), ...changes };
  return clinic.callerOf(route).send(method, path, body, headers);
};

const withBody = everyRoute.filter(hasBody);
const withoutBody = everyRoute.filter(
  (route) => !hasBody(route) && !route.definition.upload && route.method !== 'GET',
);

describe('a field that is not known', () => {
  const places = withBody.flatMap((route) => objectsIn(route).map((place) => ({ place, ...route })));

  test.each(places)(
    'in the body of $name at "$place" is 422 with a pointer to it',
    async ({ place, ...route }) => {
      const { body } = exampleRequest(route, clinic.ids);
      const answer = await send(route, { body: withValueAt(body, `${place}/surprise`, 1) });
      expect(outcome(answer)).toEqual([422, 'validation_failed']);
      expect(pointers(answer)).toEqual([`${place}/surprise`]);
    },
  );

  test.each(withoutBody)(
    'in a body that $name does not ask for is 422 with a pointer to it',
    async (route) => {
      const answer = await send(route, { body: { surprise: 1 } });
      expect(outcome(answer)).toEqual([422, 'validation_failed']);
      expect(pointers(answer)).toEqual(['/surprise']);
    },
  );

  test.each(everyRoute)('in the query of $name is 422 with a pointer to it', async (route) => {
    const { path } = exampleRequest(route, clinic.ids);
    const answer = await send(route, { path: `${path}${path.includes('?') ? '&' : '?'}surprise=1` });
    expect(outcome(answer)).toEqual([422, 'validation_failed']);
    expect(pointers(answer)).toContain('/query/surprise');
  });
});

describe('a field that is not the caller’s to set', () => {
  const COVETED = {
    ...{ id: '01989f6e-6c3a-7cc1-9d57-0f3b8f8f7c1e', tenantId: '01989f6e-6c3a-7cc1-9d57-0f3b8f8f7c1e' },
    ...{ version: 99, role: 'super_admin', permissions: ['tenant:write'], isAdmin: true, passwordHash: 'x' },
    ...{ createdAt: '2020-01-01T00:00:00Z', deletedAt: null, emailVerifiedAt: '2020-01-01T00:00:00Z' },
  };

  test.each(withBody)('$name refuses each that is none of its own', async (route) => {
    const example = exampleRequest(route, clinic.ids).body as Record<string, unknown>;
    const own = fieldsOfBody(route);
    const coveted = Object.fromEntries(Object.entries(COVETED).filter(([field]) => !own.includes(field)));
    const answer = await send(route, { body: { ...example, ...coveted } });
    expect(outcome(answer)).toEqual([422, 'validation_failed']);
    expect(pointers(answer)).toEqual(
      expect.arrayContaining(Object.keys(coveted).map((field) => `/${field}`)),
    );
  });

  test('only what makes users and roles may name a role or permissions', () => {
    const naming = withBody.filter((route) => fieldsOfBody(route).some((field) => field in COVETED));
    expect(naming.map(({ path }) => path.split('/')[1])).toEqual(
      naming.map(() => expect.stringMatching(/^(users|roles|api-keys)$/)),
    );
  });
});

describe('an id that is none', () => {
  const inPath = everyRoute.flatMap((route) =>
    idParameters(route).map((parameter) => ({ parameter, ...route })),
  );

  test.each(inPath)(
    'in the path of $name is 422 with a pointer to {$parameter}',
    async ({ parameter, ...route }) => {
      for (const id of ['none', '01989F6E-6C3A-7CC1-9D57-0F3B8F8F7C1E', "'%20OR%20''='", '%00', '{id}']) {
        const path = pathOf(route, (noun, name) => (name === parameter ? id : (clinic.ids[noun] ?? '')));
        const example = exampleRequest(route, clinic.ids).path;
        const answer = await send(route, { path: example.replace(/^[^?]*/, () => path) });
        expect(outcome(answer)).toEqual([422, 'validation_failed']);
        expect(pointers(answer)).toContain(`/path/${parameter}`);
      }
    },
  );
});

describe('a body that cannot be read', () => {
  test.each(withBody)('$name: broken JSON is 400 malformed_json', async (route) => {
    for (const body of ['{"a":', '"text"', '{"a":1}}', "{'a':1}"]) {
      expect(outcome(await send(route, { body }))).toEqual([400, 'malformed_json']);
    }
  });

  test.each(withBody)('$name: a list is 422', async (route) => {
    expect(outcome(await send(route, { body: [] }))).toEqual([422, 'validation_failed']);
  });

  test.each(withBody)('$name: another media type is 415', async (route) => {
    const { body } = exampleRequest(route, clinic.ids);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
      const answer = await send(route, { body: JSON.stringify(body) }, { 'Content-Type': type });
      expect(outcome(answer)).toEqual([415, 'unsupported_media_type']);
    }
  });

  test.each(withBody)('$name: more than it may have is 413', async (route) => {
    const body = { surprise: 'x'.repeat((route.definition.bodyMiB ?? 1) * 1024 * 1024) };
    expect(outcome(await send(route, { body }))).toEqual([413, 'body_too_large']);
  });
});

test.each(everyRoute)('$name: a client that takes no JSON is told so: 406', async (route) => {
  expect(outcome(await send(route, {}, { Accept: 'text/html' }))).toEqual([406, 'not_acceptable']);
});

describe('a method that the path does not know', () => {
  const paths = [...new Set(everyRoute.map(({ path }) => path))];
  const knownBy = (path: string): string[] => {
    const known = everyRoute.filter((route) => covers(route.path, path)).map(({ method }) => method);
    return [...new Set([...known, ...(known.includes('GET') ? ['HEAD'] : [])])];
  };
  const unknown = paths.flatMap((path) =>
    ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
      .filter((method) => !knownBy(path).includes(method))
      .map((method) => ({ method, path })),
  );

  test.each(unknown)('$method $path is 405 with those that it knows', async ({ method, path }) => {
    const target = path.replaceAll(/\{\w+\}/g, clinic.tenantId);
    const answer = await clinic.admin.api.send(method, target);
    expect(outcome(answer)).toEqual([405, 'method_not_allowed']);
    const allowed = answer.headers.get('allow')?.split(', ');
    expect(allowed?.toSorted()).toEqual([...knownBy(path), 'OPTIONS'].toSorted());
  });

  test.each(paths)('OPTIONS %s names those that it knows', async (path) => {
    const answer = await clinic.admin.api.send('OPTIONS', path.replaceAll(/\{\w+\}/g, clinic.tenantId));
    expect(answer.status).toBe(200);
    const allowed = answer.headers.get('allow')?.split(', ');
    expect(allowed?.toSorted()).toEqual([...knownBy(path), 'OPTIONS'].toSorted());
  });
});

test('none of these requests changed anything', async () => {
  expect(await rowsOf(server, clinic)).toEqual(contents);
});
