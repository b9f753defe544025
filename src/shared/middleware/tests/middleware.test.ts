import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { green, LISTED_ORIGIN, type LogLine, serveFakeApi } from '../../../api/tests/fake-api.ts';
import { until } from '../../tests/until.ts';

let isSteeping = false;
let api: Awaited<ReturnType<typeof serveFakeApi>>;
beforeAll(async () => {
  api = await serveFakeApi({
    steep: () => {
      isSteeping = true;
      return sleep(10_000, undefined, { ref: false });
    },
  });
});
afterAll(() => api.close());

const teas = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${api.url}/api/v1/teas${path}`, { headers, method });

/** The log line of the request with this id, which is written just after its answer. */
const lineOf = async (requestId: string): Promise<LogLine | undefined> => {
  for (let waited = 0; waited < 100; waited++) {
    const line = api.lines.find((each) => each['requestId'] === requestId && each.msg === 'request');
    if (line) return line;
    await sleep(10);
  }
  return undefined;
};

describe('X-Request-ID', () => {
  const idFor = async (given?: string) =>
    (await teas('', given === undefined ? {} : { 'X-Request-ID': given })).headers.get('X-Request-ID');

  test('is taken over up to 128 visible ASCII characters', async () => {
    expect(await idFor('order-66/a')).toBe('order-66/a');
    expect(await idFor('x'.repeat(128))).toBe('x'.repeat(128));
  });

  test.each(['x'.repeat(129), 'with space', 'caf\u00e9', ''])(
    '%j is replaced by a new UUID',
    async (given) => {
      expect(await idFor(given)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    },
  );

  test('is made where none is sent, another one each time', async () => {
    expect(await idFor()).not.toBe(await idFor());
  });
});

describe('security headers', () => {
  test('an API answer may load nothing, is framed by nobody, kept by nobody and names no product', async () => {
    const { headers } = await teas('');
    expect(headers.get('Content-Security-Policy')).toBe(
      "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
    );
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('Strict-Transport-Security')).toContain('max-age=31536000');
    expect(headers.has('X-Powered-By')).toBe(false);
  });
});

describe('cross-origin', () => {
  test('a listed origin may call with credentials and read the headers of the contract', async () => {
    const { headers } = await teas('', { Origin: LISTED_ORIGIN });
    expect(headers.get('Access-Control-Allow-Origin')).toBe(LISTED_ORIGIN);
    expect(headers.get('Access-Control-Allow-Credentials')).toBe('true');
    expect(headers.get('Access-Control-Expose-Headers')).toBe(
      'ETag,Location,X-Request-ID,Idempotency-Replayed,Retry-After,RateLimit,RateLimit-Policy',
    );
  });

  test('a preflight of a listed origin is answered without a login and may be kept', async () => {
    const ask = { Origin: LISTED_ORIGIN, 'Access-Control-Request-Method': 'PATCH' };
    const { status, headers } = await teas(`/${green.id}`, ask, 'OPTIONS');
    expect(status).toBe(204);
    expect(headers.get('Access-Control-Allow-Methods')).toContain('PATCH');
    expect(headers.get('Access-Control-Allow-Headers')).toContain('Idempotency-Key,If-Match');
    expect(headers.get('Access-Control-Max-Age')).toBe('600');
  });

  test.each(['https://evil.example.org', 'null', `${LISTED_ORIGIN}.evil.example.org`])(
    '%s is told nothing',
    async (origin) => {
      for (const method of ['GET', 'OPTIONS']) {
        const { headers } = await teas(
          '',
          { Origin: origin, 'Access-Control-Request-Method': 'GET' },
          method,
        );
        expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
        expect(headers.get('Vary')).toContain('Origin');
      }
    },
  );
});

describe('access log', () => {
  test('is one line that names route, caller and outcome, and no query or header', async () => {
    await teas('?limit=5', { 'X-Request-ID': 'log-1', Authorization: 'Bearer s3cr3t' });
    const line = await lineOf('log-1');
    expect(line).toMatchObject({
      level: 30,
      method: 'GET',
      path: '/api/v1/teas',
      route: '/teas',
      status: 200,
      tenantId: 'the-tenant',
      userId: 'the-user',
      address: '127.0.0.1',
    });
    expect(line?.['durationMs']).toBeGreaterThan(0);
    expect(JSON.stringify(line)).not.toMatch(/s3cr3t|limit/);
    expect(api.lines.filter((each) => each['requestId'] === 'log-1')).toHaveLength(1);
  });

  test('leaves out a secret that stands in the path, and keeps ids', async () => {
    const secret = 'A-_9'.repeat(16);
    await teas(`/${green.id}/${secret}.ics`, { 'X-Request-ID': 'log-5' });
    expect(await lineOf('log-5')).toMatchObject({ path: `/api/v1/teas/${green.id}/[secret].ics` });
  });

  test('warns of what was refused', async () => {
    await teas('/unknown/path', { 'X-Request-ID': 'log-2' });
    expect(await lineOf('log-2')).toMatchObject({ level: 40, status: 404 });
  });

  test('keeps quiet about probes', async () => {
    await fetch(`${api.url}/health/live`, { headers: { 'X-Request-ID': 'log-3' } });
    expect(await lineOf('log-3')).toMatchObject({ level: 20 });
  });

  test('tells of a request whose client has gone', async () => {
    const leaving = request(`${api.url}/api/v1/teas/${green.id}/steep`, {
      method: 'POST',
      headers: { 'X-Request-ID': 'log-4' },
    });
    leaving.on('error', () => undefined).end();
    await until(() => isSteeping);
    leaving.destroy();
    const line = await lineOf('log-4');
    expect(line).toMatchObject({ aborted: true, route: '/teas/:id/steep' });
    expect(line).not.toHaveProperty('status');
  });
});
