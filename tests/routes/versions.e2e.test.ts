import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../../src/shared/tests/until.ts';
import { startCheckedServer } from '../support/checked-server.ts';
import { expectStatus } from '../support/clinic.ts';
import { rowsOf } from '../support/clinic-contents.ts';
import { exampleRequest } from '../support/example-request.ts';
import { aFurnishedClinic, type FurnishedClinic } from '../support/furnished-clinic.ts';
import { answers, everyRoute, fieldsOfAnswer, type TableRoute } from '../support/route-table.ts';
import type { TestServer } from '../support/test-server.ts';

let server: TestServer;
let shared: FurnishedClinic;
beforeAll(async () => {
  server = await startCheckedServer();
  shared = await aFurnishedClinic(server);
  await until(async () => (await unsentOf(shared)) === 0);
});
afterAll(() => server.stop());

/** Messages that are still on their way change what is shown of them. */
const unsentOf = async ({ admin: { api } }: FurnishedClinic): Promise<number> => {
  const { data } = expectStatus(await api.get('/notifications/deliveries?limit=100'), 200).body;
  return data.filter(({ finishedAt }: { finishedAt: string | null }) => finishedAt === null).length;
};

const send = (clinic: FurnishedClinic, route: TableRoute, headers = {}) => {
  const { method, path, body } = exampleRequest(route, clinic.ids);
  return clinic.callerOf(route).send(method, path, body, headers);
};

/** What may refuse a change of the current version: the state of what is changed. */
const STATES = new Set(['invalid_transition', 'still_booked', 'upcoming_appointments']);

const showsVersion = (route: TableRoute): boolean => fieldsOfAnswer(route).includes('version');

describe('GET', () => {
  /** An archive is dated, so each one is another. */
  const MADE_ANEW = '/patients/{id}/export';
  /** Without those whose path is a secret, which icalendar.e2e.test.ts reads. */
  const reading = everyRoute.filter(
    ({ method, path }) => method === 'GET' && !path.includes('{secret}') && path !== MADE_ANEW,
  );

  test.each(reading)('$path sends an ETag, and answers 304 to it', async (route) => {
    const etag = expectStatus(await send(shared, route), 200).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = expectStatus(await send(shared, route, { 'If-None-Match': known }), 304);
      expect(answer.headers.get('etag')).toBe(etag);
    }
    expectStatus(await send(shared, route, { 'If-None-Match': '"other"' }), 200);
  });

  test.each(reading)('$path answers HEAD with the same headers and no body', async (route) => {
    const { path } = exampleRequest(route, shared.ids);
    const get = expectStatus(await send(shared, route), 200);
    const head = expectStatus(await shared.callerOf(route).send('HEAD', path), 200);
    expect(head.body).toBeUndefined();
    expect(head.headers.get('etag')).toBe(get.headers.get('etag'));
    expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
  });

  test.each(reading.filter(showsVersion))('$path has the version as its ETag', async (route) => {
    const { body, headers } = expectStatus(await send(shared, route), 200);
    expect(headers.get('etag')).toBe(`"${body.version}"`);
  });
});

describe('If-Match', () => {
  /** The longest beginning of a path that can be read: what a route of a resource changes. */
  const readerOf = ({ path }: TableRoute): TableRoute => {
    const readers = everyRoute.filter(
      (each) => each.method === 'GET' && `${path}/`.startsWith(`${each.path}/`),
    );
    const [reader] = readers.toSorted((a, b) => b.path.length - a.path.length);
    if (!reader) throw new Error(`Nothing shows what ${path} changes`);
    return reader;
  };
  const changerOf = ({ path }: TableRoute): TableRoute | undefined =>
    everyRoute.find((each) => each.path === path && ['PUT', 'PATCH'].includes(each.method));

  /** An entry of the waitlist is only changed by what happens to its offers, a hostname by what DNS says. */
  const unchanging = ['/waitlist/{id}', '/tenants/current/domains/{id}'];
  const guarded = everyRoute.filter(
    (route) =>
      answers(route, 'version_conflict') &&
      !unchanging.some((path) => `${route.path}/`.startsWith(`${path}/`)),
  );

  test.each(guarded)(
    '$name: one that is stale is 412 and changes nothing; the current one is taken',
    async (route) => {
      const clinic = await aFurnishedClinic(server);
      const reader = readerOf(route);
      const stale = expectStatus(await send(clinic, reader), 200).headers.get('etag') ?? '';
      const changer = changerOf(reader);
      if (!changer) throw new Error(`Nothing makes a new version of ${reader.path}`);
      expectStatus(await send(clinic, changer), 200);

      const contents = await rowsOf(server, clinic);
      for (const unequal of [stale, '"0"', '"none"', `W/${stale}`]) {
        const { status, body } = await send(clinic, route, { 'If-Match': unequal });
        expect([status, body.code]).toEqual([412, 'version_conflict']);
      }
      expect(await rowsOf(server, clinic)).toEqual(contents);

      const current = expectStatus(await send(clinic, reader), 200).headers.get('etag') ?? '';
      const { status, body } = await send(clinic, route, { 'If-Match': current });
      expect([status < 300 || STATES.has(body.code), body]).toEqual([true, body]);
    },
  );

  const changesWhatHasOne = everyRoute.filter(
    ({ path, method }) =>
      ['PUT', 'PATCH', 'DELETE'].includes(method) &&
      everyRoute.some((each) => each.path === path && each.method === 'GET' && showsVersion(each)),
  );
  test.each(changesWhatHasOne)('is documented for $name', (route) => {
    expect(answers(route, 'version_conflict')).toBe(true);
  });
});
