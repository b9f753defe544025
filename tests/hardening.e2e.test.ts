import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer } from './support/api.ts';
import { startCheckedServer } from './support/checked-server.ts';
import { aClinic, type Clinic, expectStatus } from './support/clinic.ts';
import type { TestServer } from './support/test-server.ts';

let server: TestServer;
let clinic: Clinic;
beforeAll(async () => {
  server = await startCheckedServer();
  clinic = await aClinic(server);
});
afterAll(() => server.stop());

const outcome = ({ status, body }: Answer) => [status, body?.code];
const pointers = ({ body }: Answer): string[] =>
  (body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer);

/** What the server says to raw bytes, until it closes the connection. */
const say = (bytes: string) =>
  new Promise<string>((resolve, reject) => {
    let heard = '';
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => (heard += chunk.toString()));
    socket.on('error', reject).on('close', () => {
      resolve(heard);
    });
  });

describe('JSON that plays tricks', () => {
  const profile = '"durationMinutes":30,"name":"Check-up"';

  test.each([
    [`{${profile},"__proto__":{"active":false}}`, '/__proto__'],
    [`{${profile},"constructor":{"prototype":{"active":false}}}`, '/constructor'],
    [`{${profile},"prototype":{}}`, '/prototype'],
    [`{${profile},"price":{"amount":1,"currency":"EUR","__proto__":{"amount":2}}}`, '/price/__proto__'],
    [`{${profile},"toString":"x"}`, '/toString'],
    [`{${profile},"hasOwnProperty":1}`, '/hasOwnProperty'],
  ])('%s is 422, and no object has learned from it', async (body, pointer) => {
    const answer = await clinic.admin.api.post('/services', body);
    expect(outcome(answer)).toEqual([422, 'validation_failed']);
    expect(pointers(answer)).toEqual([pointer]);
    expect(({} as Record<string, unknown>)['active']).toBeUndefined();
  });

  test.each(['[', '{"a":'])('nested a hundred thousand times with %s is 422', async (open) => {
    const close = open === '[' ? ']' : '}';
    const nested = `${open.repeat(100_000)}1${close.repeat(100_000)}`;
    for (const headers of [{}, { 'Idempotency-Key': 'deep' }]) {
      const answer = await clinic.admin.api.post('/services', `{"name":${nested}}`, headers);
      expect(outcome(answer)).toEqual([422, 'validation_failed']);
    }
  });

  test('a thousand unknown fields are told of a hundred times', async () => {
    const fields = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`field${n}`, n]));
    const answer = await clinic.admin.api.post('/services', fields);
    expect(outcome(answer)).toEqual([422, 'validation_failed']);
    expect(pointers(answer)).toHaveLength(100);
  });
});

describe('a body that is packed', () => {
  const sendPacked = async (encoding: string, body: Buffer) => {
    const response = await fetch(`${server.url}/api/v1/services`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${clinic.admin.token}`,
        'Content-Type': 'application/json',
        'Content-Encoding': encoding,
      },
      body,
    });
    const { code } = (await response.json()) as { code: string };
    return [response.status, code];
  };

  test('counts as what it is unpacked: a small one that is a large one is 413', async () => {
    const large = gzipSync(`{"name":"${'a'.repeat(50_000_000)}"}`);
    expect(large.length).toBeLessThan(100_000);
    expect(await sendPacked('gzip', large)).toEqual([413, 'body_too_large']);
  });

  test('and cannot be unpacked is 400; in a way that is not known, 415', async () => {
    expect(await sendPacked('gzip', Buffer.from('{}'))).toEqual([400, 'malformed_json']);
    expect(await sendPacked('zip', Buffer.from('{}'))).toEqual([415, 'unsupported_media_type']);
  });
});

describe('a time at the ends of the calendar', () => {
  test.each(['0000-01-01T00:00:00Z', '1899-12-31T23:59:59Z', '9999-12-31T23:59:59-01:00'])(
    '%s is 422',
    async (startsAt) => {
      const [serviceId, patient] = await Promise.all([clinic.service(), clinic.patient()]);
      const doctorId = await clinic.doctor([serviceId]);
      const visit = { doctorId, serviceId, patientId: patient.patientId, startsAt };
      const answer = await clinic.admin.api.post('/appointments', visit);
      expect([outcome(answer), pointers(answer)]).toEqual([[422, 'validation_failed'], ['/startsAt']]);
    },
  );

  test('a date that is none is 422, also where another is compared with it', async () => {
    const answer = await clinic.admin.api.post('/closures/import', {
      ics: 'x',
      from: 'never',
      to: '2027-01-01',
    });
    expect([outcome(answer), pointers(answer)]).toEqual([[422, 'validation_failed'], ['/from']]);
  });
});

describe('a query that plays tricks', () => {
  test.each([
    ['limit=1&limit=2', '/query/limit'],
    ['limit[]=1', '/query/limit[]'],
    ['limit[$gt]=1', '/query/limit[$gt]'],
    ['__proto__=1', '/query/__proto__'],
    ['__proto__[limit]=1', '/query/__proto__[limit]'],
    ['constructor=1', '/query/constructor'],
    ['cursor=%00', '/query/cursor'],
  ])('?%s is 422', async (query, pointer) => {
    const answer = await clinic.admin.api.get(`/services?${query}`);
    expect(outcome(answer)).toEqual([422, 'validation_failed']);
    expect(pointers(answer)).toContain(pointer);
  });

  test('of thousands of parameters is answered in a hundred lines', async () => {
    const query = Array.from({ length: 1_500 }, (_, n) => `p${n}`).join('&');
    const answer = await clinic.admin.api.get(`/services?${query}`);
    expect(outcome(answer)).toEqual([422, 'validation_failed']);
    expect(pointers(answer)).toHaveLength(100);
  });
});

describe('text', () => {
  test.each(['\u0000', 'a\u0000b', '\ud800', 'a\u001bb'])(
    '%j in a name is refused or comes back as it was',
    async (name) => {
      const answer = await clinic.admin.api.post('/services', { name, durationMinutes: 30 });
      expect([201, 422]).toContain(answer.status);
      if (answer.status === 201) expect(answer.body.name).toBe(name);
    },
  );
});

describe('an address', () => {
  test('of more than 8192 characters is 414', async () => {
    const answer = await clinic.admin.api.get(`/services?cursor=${'x'.repeat(8_192)}`);
    expect(outcome(answer)).toEqual([414, 'uri_too_long']);
  });

  test('with an id of thousands of characters is 422, as any that is none', async () => {
    const answer = await clinic.admin.api.get(`/services/${'a'.repeat(7_000)}`);
    expect(outcome(answer)).toEqual([422, 'validation_failed']);
  });

  test.each(['/services/%', '/services/%E0%A4%A', '/../../etc/passwd', '/services/..%2f..%2fetc%2fpasswd'])(
    '%s finds nothing and breaks nothing',
    async (path) => {
      const heard = await say(`GET /api/v1${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      expect(heard).toMatch(/^HTTP\/1\.1 (401|404|422) [^]*application\/problem\+json/);
    },
  );
});

describe('a request of which two readers could make two', () => {
  const head = 'POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';

  test.each([
    ['two lengths', `${head}Content-Length: 2\r\nContent-Length: 30\r\n\r\n{}`],
    ['a list of lengths', `${head}Content-Length: 2, 2\r\n\r\n{}`],
    ['a length and chunks', `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['an unknown encoding', `${head}Transfer-Encoding: xchunked\r\n\r\n{}`],
    ['a negative length', `${head}Content-Length: -1\r\n\r\n{}`],
    ['a space before a colon', `${head}Content-Length : 2\r\n\r\n{}`],
    ['a bare line feed', `${head}X-A: b\nContent-Length: 2\r\n\r\n{}`],
    ['a folded header', `${head}X-A: b\r\n c: d\r\nContent-Length: 0\r\n\r\n`],
    ['no host', 'GET /api/v1/services HTTP/1.1\r\n\r\n'],
    ['a null byte in a header', `${head}X-A: a\0b\r\nContent-Length: 0\r\n\r\n`],
  ])('by %s is 400, and the connection ends', async (_how, bytes) => {
    const heard = await say(`${bytes}GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(heard).toMatch(/^HTTP\/1\.1 400 /);
    expect(heard.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

describe('pages', () => {
  test.each(['/docs', '/problems/rate_limited'])(
    '%s load nothing from elsewhere and nobody frames them',
    async (path) => {
      const { status, headers } = await fetch(`${server.url}${path}`);
      expect(status).toBe(200);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    },
  );

  test('no answer sets a cookie, so that no other page can act for whoever is logged in', async () => {
    const login = { email: clinic.admin.email, password: 'correct horse battery' };
    const { headers } = expectStatus(await clinic.anyone.post('/auth/login', login), 200);
    expect(headers.has('set-cookie')).toBe(false);
    const cookie = { Cookie: `token=${clinic.admin.token}; accessToken=${clinic.admin.token}` };
    expectStatus(await server.api.get('/auth/me', cookie), 401);
    expectStatus(await server.api.get(`/auth/me?access_token=${clinic.admin.token}`), 401);
  });
});
