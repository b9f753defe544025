import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { green, serveFakeApi } from './fake-api.ts';

let api: Awaited<ReturnType<typeof serveFakeApi>>;
beforeAll(async () => {
  api = await serveFakeApi({
    lose: () => {
      throw new Error('the secret cause');
    },
  });
});
afterAll(() => api.close());

const teas = (path = '', init: RequestInit = {}) => fetch(`${api.url}/api/v1/teas${path}`, init);
const send = (method: string, path: string, body: string, headers: Record<string, string> = {}) =>
  teas(path, { method, body, headers: { 'Content-Type': 'application/json', ...headers } });
const problemOf = async (response: Response) => {
  expect(response.headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
  return (await response.json()) as Record<string, unknown>;
};
const oneTea = `/${green.id}`;
const newTea = {
  name: 'Oolong',
  steepMinutes: 4,
  colour: '#553311',
  price: null,
  pickedAt: '2027-03-22T09:00:00+01:00',
};

describe('400', () => {
  test.each(['{', '"text"', '{"name": }'])('%s is not readable JSON', async (body) => {
    const response = await send('POST', '', body);
    expect(response.status).toBe(400);
    expect(await problemOf(response)).toMatchObject({
      code: 'malformed_json',
      type: '/problems/malformed_json',
    });
  });
});

describe('404', () => {
  test('a path that no route has is a problem document with the path, without the query', async () => {
    const response = await fetch(`${api.url}/api/v1/coffees?token=secret`);
    expect(response.status).toBe(404);
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ code: 'route_not_found', status: 404, instance: '/api/v1/coffees' });
    expect(problem['requestId']).toBe(response.headers.get('X-Request-ID'));
  });

  test('a path whose escapes cannot be read names no route', async () => {
    expect((await teas('/%E0%A4%A')).status).toBe(404);
  });
});

describe('405', () => {
  test('names the methods that the path has', async () => {
    const response = await teas(oneTea, { method: 'DELETE' });
    expect(response.status).toBe(405);
    expect(response.headers.get('Allow')).toBe('GET, PATCH, HEAD, OPTIONS');
    expect(await problemOf(response)).toMatchObject({ code: 'method_not_allowed' });
  });

  test('OPTIONS is answered with the methods that the path has', async () => {
    const response = await teas(oneTea, { method: 'OPTIONS' });
    expect(response.ok).toBe(true);
    expect(response.headers.get('Allow')).toContain('PATCH');
  });
});

describe('406, 413, 415', () => {
  test('an answer that is not JSON cannot be had', async () => {
    const response = await teas('', { headers: { Accept: 'image/png' } });
    expect(response.status).toBe(406);
    expect(await problemOf(response)).toMatchObject({ code: 'not_acceptable' });
  });

  test('a body over 1 MiB is refused', async () => {
    const response = await send('POST', '', JSON.stringify({ name: 'x'.repeat(1_048_577) }));
    expect(response.status).toBe(413);
    expect(await problemOf(response)).toMatchObject({ code: 'body_too_large' });
  });

  test.each(['text/plain', 'application/xml', 'application/json; charset=latin1'])(
    '%s is not read',
    async (type) => {
      const response = await send('POST', '', '{}', { 'Content-Type': type });
      expect(response.status).toBe(415);
      expect(await problemOf(response)).toMatchObject({ code: 'unsupported_media_type' });
    },
  );
});

describe('422', () => {
  test('names every fault of the body at once, also a field that is not known', async () => {
    const response = await send('POST', '', JSON.stringify({ ...newTea, steepMinutes: 0, milk: true }));
    expect(response.status).toBe(422);
    const { code, errors } = await problemOf(response);
    expect(code).toBe('validation_failed');
    expect((errors as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual([
      '/steepMinutes',
      '/milk',
    ]);
  });

  test('names faults of path and query', async () => {
    expect(await problemOf(await teas('/not-an-id'))).toMatchObject({ errors: [{ pointer: '/path/id' }] });
    expect(await problemOf(await teas('?sugar=1'))).toMatchObject({ errors: [{ pointer: '/query/sugar' }] });
  });

  test('refuses a body where none is wanted', async () => {
    expect((await send('POST', `${oneTea}/steep`, '{"milk":true}')).status).toBe(422);
    expect((await send('POST', `${oneTea}/steep`, '{}')).status).toBe(204);
  });

  test('an Idempotency-Key has 1 to 255 characters', async () => {
    const withKey = (key: string) => send('POST', '', JSON.stringify(newTea), { 'Idempotency-Key': key });
    expect((await withKey('k'.repeat(255))).status).toBe(201);
    const tooLong = await withKey('k'.repeat(256));
    expect(tooLong.status).toBe(422);
    expect(await problemOf(tooLong)).toMatchObject({ errors: [{ pointer: '/headers/Idempotency-Key' }] });
    expect((await withKey('')).status).toBe(422);
  });
});

describe('500', () => {
  test('says nothing of its cause to the caller, and everything to the log', async () => {
    const response = await teas(oneTea);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret cause');
    expect(api.lines.some((line) => JSON.stringify(line).includes('the secret cause'))).toBe(true);
  });
});

describe('a route that is not JSON', () => {
  const label = (headers: Record<string, string> = {}) => teas(`${oneTea}/label`, { headers });

  test('answers its text as it is, in its own media type, and says how long it may be kept', async () => {
    const response = await label({ Accept: 'text/*' });
    expect(await response.text()).toBe('Green, "2 minutes"');
    expect(response.headers.get('Content-Type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('Cache-Control')).toBe('private, no-cache');
  });

  test('is answered 304 while nothing is new', async () => {
    const etag = (await label()).headers.get('ETag') ?? '';
    expect((await label({ 'If-None-Match': etag })).status).toBe(304);
  });

  test('cannot be had as JSON', async () => {
    const response = await label({ Accept: 'application/json' });
    expect(response.status).toBe(406);
    expect(await problemOf(response)).toMatchObject({ code: 'not_acceptable' });
  });
});

describe('success', () => {
  test('a new resource says where it is, and its version', async () => {
    const response = await send('POST', '', JSON.stringify(newTea));
    expect(response.status).toBe(201);
    expect(response.headers.get('Location')).toBe(`/api/v1/teas/${green.id}`);
    expect(response.headers.get('ETag')).toBe('"7"');
    expect(await response.json()).toMatchObject({ pickedAt: '2027-03-22T08:00:00.000Z', strong: false });
  });

  test.each(['GET', 'HEAD'])('%s is answered 304 while nothing is new', async (method) => {
    const first = await teas('', { method });
    const etag = first.headers.get('ETag') ?? '';
    expect(etag).toMatch(/^".+"$/);
    const again = await teas('', { method, headers: { 'If-None-Match': `"other", W/${etag}` } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
    expect((await teas('', { method, headers: { 'If-None-Match': '"other"' } })).status).toBe(200);
  });
});
