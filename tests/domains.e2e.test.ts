import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '../src/shared/types/id.ts';
import { until } from '../src/shared/tests/until.ts';
import { startCheckedServer } from './support/checked-server.ts';
import { aClinic, type Clinic, expectCode, expectStatus } from './support/clinic.ts';
import { type NameServer, startNameServer } from './support/name-server.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let dns: NameServer;
let server: TestServer;
let behindProxy: TestServer;
let clinic: Clinic;
let hostname: string;
const DOMAINS = '/tenants/current/domains';
beforeAll(async () => {
  dns = await startNameServer();
  const names = { dnsServers: [dns.address], appDomain: 'clinics.test' };
  server = await startCheckedServer(undefined, names);
  behindProxy = await startTestServer({ ...names, trustProxy: ['loopback'] });
});
beforeEach(async () => {
  clinic = await aClinic(server);
  hostname = `book-${randomBytes(6).toString('hex')}.example.org`;
});
afterAll(async () => {
  await Promise.all([server.stop(), behindProxy.stop()]);
  dns.close();
});

const claim = async (by: Clinic, name = hostname) =>
  expectStatus(await by.admin.api.post(DOMAINS, { hostname: name }), 201).body;
const verify = (by: Clinic, { id }: { id: string }) => by.admin.api.post(`${DOMAINS}/${id}/verify`);
const publish = (...domains: readonly { verification: { recordName: string; recordValue: string } }[]) => {
  const values = domains.map(({ verification }) => verification.recordValue);
  dns.publish(domains[0]?.verification.recordName ?? '', 'v=spf1 -all', ...values);
};
/** The clinic that a request to this Host finds; `fetch` would not let it be set. */
const foundBy = (headers: Record<string, string>, at = server): Promise<any> =>
  new Promise((resolve, reject) => {
    const asked = request(`${at.url}/api/v1/tenants/current`, { headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => {
        resolve(JSON.parse(text));
      });
    });
    asked.on('error', reject).end();
  });

describe('POST /tenants/current/domains', () => {
  test('201 with the record to publish, and nothing verified', async () => {
    const made = await claim(clinic);
    expect(made).toMatchObject({
      hostname,
      verification: {
        recordName: `_doctor-appointment.${hostname}`,
        recordValue: expect.stringMatching(/^doctor-appointment=[\w-]{22}$/),
      },
      verifiedAt: null,
    });
    expect((await clinic.admin.api.get(`${DOMAINS}/${made.id}`)).body).toEqual(made);
    expect((await clinic.admin.api.get(DOMAINS)).body).toEqual({ data: [made], nextCursor: null });
    expect((await foundBy({ Host: hostname })).code).toBe('tenant_required');
  });

  test.each([
    ['Booking.EXAMPLE.org', 'booking.example.org'],
    ['booking.example.org.', 'booking.example.org'],
    ['  booking.example.org ', 'booking.example.org'],
    ['praxis-müller.de', 'xn--praxis-mller-klb.de'],
    ['XN--PRAXIS-MLLER-KLB.de', 'xn--praxis-mller-klb.de'],
    ['日本。例え.jp', 'xn--wgv71a.xn--r8jz45g.jp'],
  ])('takes %p as %p', async (given, kept) => {
    expect((await claim(clinic, given)).hostname).toBe(kept);
  });

  test.each([
    'localhost',
    'clinics.test',
    'mine.clinics.test',
    'MINE.Clinics.test.',
    'https://booking.example.org',
    'booking.example.org/path',
    'booking.example.org:8443',
    '*.example.org',
    '192.0.2.1',
    '1.2',
    '[2001:db8::1]',
    'a..b.org',
    '-a.example.org',
    'a_b.example.org',
    'book%69ng.example.org',
    `${'a'.repeat(64)}.org`,
    `${'a.'.repeat(120)}org`,
    'xn--a.org',
    '',
  ])('422 for %p', async (given) => {
    const answer = expectCode(await clinic.admin.api.post(DOMAINS, { hostname: given }), 'validation_failed');
    expect(answer.body.errors).toMatchObject([{ pointer: '/hostname' }]);
  });

  test('409 domain_exists for the same clinic, however it is written', async () => {
    await claim(clinic);
    const again = { hostname: `${hostname.toUpperCase()}.` };
    expectCode(await clinic.admin.api.post(DOMAINS, again), 'domain_exists');
  });
});

describe('POST /tenants/current/domains/{id}/verify', () => {
  test('409 domain_not_verified without the record, or with another one', async () => {
    const made = await claim(clinic);
    const answer = expectCode(await verify(clinic, made), 'domain_not_verified');
    expect(answer.body.detail).toContain(made.verification.recordValue);
    publish({ verification: { ...made.verification, recordValue: 'doctor-appointment=another' } });
    expectCode(await verify(clinic, made), 'domain_not_verified');
    expect((await clinic.admin.api.get(`${DOMAINS}/${made.id}`)).body.verifiedAt).toBeNull();
  });

  test('200 with the record among others; from then on the hostname names the clinic', async () => {
    const made = await claim(clinic);
    expect((await foundBy({ Host: hostname })).code).toBe('tenant_required');
    expect((await foundBy({ Host: hostname }, behindProxy)).code).toBe('tenant_required');
    publish(made);
    const { body } = expectStatus(await verify(clinic, made), 200);
    expect(body).toEqual({ ...made, verifiedAt: '2027-03-15T08:00:00.000Z', version: 2 });
    for (const host of [hostname, hostname.toUpperCase(), `${hostname}.`, `${hostname}:8443`])
      expect((await foundBy({ Host: host })).id).toBe(clinic.tenantId);
    // The clock stands: the other process has heard of it.
    await until(async () => (await foundBy({ Host: hostname }, behindProxy)).id === clinic.tenantId);
    dns.publish(made.verification.recordName);
    expectCode(await verify(clinic, made), 'domain_not_verified');
    expect((await foundBy({ Host: hostname })).id).toBe(clinic.tenantId);
  });

  test('X-Forwarded-Host names it behind a trusted proxy, and nowhere else', async () => {
    const made = await claim(clinic);
    publish(made);
    expectStatus(await verify(clinic, made), 200);
    const forwarded = { Host: 'internal', 'X-Forwarded-Host': hostname };
    await until(async () => (await foundBy(forwarded, behindProxy)).id === clinic.tenantId);
    expect((await foundBy(forwarded)).code).toBe('tenant_required');
  });

  test('a claim blocks nobody, and whoever has proved the hostname keeps it while the record is there', async () => {
    const other = await aClinic(server);
    const [squatted, real] = [await claim(other), await claim(clinic)];
    publish(real);
    expectCode(await verify(other, squatted), 'domain_not_verified');
    expectStatus(await verify(clinic, real), 200);
    publish(real, squatted);
    expectCode(await verify(other, squatted), 'domain_taken');
    expect((await foundBy({ Host: hostname })).id).toBe(clinic.tenantId);
  });

  test('a hostname that has a new owner moves to the clinic that proves it', async () => {
    const [old, next] = [await claim(clinic), await aClinic(server)];
    publish(old);
    expectStatus(await verify(clinic, old), 200);
    const claimed = await claim(next);
    publish(claimed);
    expectStatus(await verify(next, claimed), 200);
    expect((await foundBy({ Host: hostname })).id).toBe(next.tenantId);
    expect((await clinic.admin.api.get(`${DOMAINS}/${old.id}`)).body.verifiedAt).toBeNull();
  });

  test('of two clinics that prove it at once, one has it', async () => {
    const other = await aClinic(server);
    const [first, second] = [await claim(clinic), await claim(other)];
    publish(first, second);
    const answers = await Promise.all([verify(clinic, first), verify(other, second)]);
    expect(answers.map(({ status, body }) => body.code ?? status).sort()).toEqual([200, 'domain_taken']);
  });

  test('503 unavailable where DNS cannot tell', async () => {
    const made = await claim(clinic);
    dns.fail(true);
    const answer = expectCode(await verify(clinic, made), 'unavailable');
    dns.fail(false);
    expect(answer.headers.get('retry-after')).not.toBeNull();
  });
});

test('DELETE gives the hostname up at once, from the version that was read; then it is 404', async () => {
  const made = await claim(clinic);
  publish(made);
  expectStatus(await verify(clinic, made), 200);
  const from = (version: number) => ({ 'If-Match': `"${version}"` });
  const remove = (version: number) =>
    clinic.admin.api.send('DELETE', `${DOMAINS}/${made.id}`, undefined, from(version));
  expectCode(await remove(1), 'version_conflict');
  expectStatus(await remove(2), 204);
  expect((await foundBy({ Host: hostname })).code).toBe('tenant_required');
  for (const [method, path] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/verify'],
  ])
    expectCode(await clinic.admin.api.send(method ?? '', `${DOMAINS}/${newId()}${path}`), 'domain_not_found');
});
