import { readFileSync } from 'node:fs';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { Agent, request, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { io } from 'socket.io-client';
import { freePort } from '../scripts/servers/ports.mjs';
import { testConfig } from '../src/database/tests/test-database.ts';
import { until } from '../src/shared/tests/until.ts';
import { aClinic, type Clinic, expectStatus, PASSWORD } from './support/clinic.ts';
import { type NameServer, startNameServer } from './support/name-server.ts';
import { findNginx, type Nginx, startNginx } from './support/nginx.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

const DOMAIN = 'clinics.example';
/** Other clients than this one. Every address that begins with 127 is one of a Linux machine. */
const [STRANGER, GUESSER, FLOOD] = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
const LOGINS = 6;
const nginx = findNginx();

(nginx === undefined ? describe.skip : describe)('nginx in front of two processes', () => {
  let servers: TestServer[];
  let dns: NameServer;
  let clinic: Clinic;
  let proxy: Nginx;
  let ports: { http: number; https: number };

  beforeAll(async () => {
    dns = await startNameServer();
    const { rateLimits } = testConfig();
    const auth = { limit: LOGINS, windowMs: 3_600_000 };
    const settings = {
      appDomain: DOMAIN,
      trustProxy: ['loopback'],
      dnsServers: [dns.address],
      rateLimits: { ...rateLimits, address: { ...rateLimits.address, auth } },
    };
    const [first, second] = [await startTestServer(settings), await startTestServer(settings)];
    servers = [first, second];
    ports = { http: await freePort(), https: await freePort() };
    const [one = '', other = ''] = servers.map(({ url }) => new URL(url).host);
    const values: Record<string, string> = {
      UPSTREAM: `${one}; server ${other}`,
      HTTP_PORT: `127.0.0.1:${ports.http}`,
      HTTPS_PORT: `127.0.0.1:${ports.https}`,
    };
    const template = readFileSync('ops/nginx/nginx.conf.template', 'utf8')
      // Of each request that it refuses it would tell.
      .replace('error_log stderr warn', 'error_log stderr crit')
      // So slow that no machine is slower.
      .replace('rate=100r/s', 'rate=100r/m');
    proxy = startNginx(nginx ?? '', template, values);
    clinic = await aClinic(first);
    await until(() =>
      ask('/health').then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
  });
  afterAll(async () => {
    await proxy.stop();
    await Promise.all(servers.map((server) => server.stop()));
    dns.close();
  });

  const answerOf = async (res: IncomingMessage) => ({
    status: res.statusCode,
    headers: res.headers,
    body: await text(res),
  });
  const ask = (
    path: string,
    headers: Record<string, string> = {},
    { body, ...options }: RequestOptions & { body?: string } = {},
  ) =>
    new Promise<Awaited<ReturnType<typeof answerOf>>>((resolve, reject) => {
      const target = { port: ports.https, path, headers, rejectUnauthorized: false, agent: false as const };
      request({ ...target, ...options }, (res) => {
        answerOf(res).then(resolve, reject);
      })
        .on('error', reject)
        .end(body);
    });
  /** From another address of this machine. */
  const logIn = (localAddress: string, email: string, headers: Record<string, string> = {}) =>
    ask(
      '/api/v1/auth/login',
      { Host: `${clinic.subdomain}.${DOMAIN}`, 'Content-Type': 'application/json', ...headers },
      { localAddress, method: 'POST', body: JSON.stringify({ email, password: PASSWORD }) },
    );

  test('sends whoever comes without TLS to https', async () => {
    const { status, location } = await new Promise<{
      status: number | undefined;
      location: string | undefined;
    }>((resolve, reject) => {
      const headers = { Host: `${clinic.subdomain}.${DOMAIN}` };
      requestPlain({ port: ports.http, path: '/docs?a=1', headers }, (res) => {
        res.resume();
        resolve({ status: res.statusCode, location: res.headers.location });
      })
        .on('error', reject)
        .end();
    });
    expect([status, location]).toEqual([308, `https://${clinic.subdomain}.${DOMAIN}/docs?a=1`]);
  });

  test('passes the name of the host on, by which a clinic is known', async () => {
    const { status, body } = await ask('/api/v1/tenants/current', { Host: `${clinic.subdomain}.${DOMAIN}` });
    expect([status, JSON.parse(body).id]).toEqual([200, clinic.tenantId]);
    const nobody = await ask('/api/v1/tenants/current', { Host: `nobody.${DOMAIN}` });
    expect(JSON.parse(nobody.body).code).toBe('tenant_not_found');
  });

  test('lets the clinic of a custom domain be found by it, whatever else the client claims', async () => {
    const hostname = `${clinic.subdomain}.example.org`;
    const claim = await clinic.admin.api.post('/tenants/current/domains', { hostname });
    const { id, verification } = expectStatus(claim, 201).body;
    dns.publish(verification.recordName, verification.recordValue);
    expectStatus(await clinic.admin.api.post(`/tenants/current/domains/${id}/verify`), 200);
    const headers = { Host: hostname, 'X-Forwarded-Host': `nobody.${DOMAIN}` };
    const { status, body } = await ask('/api/v1/tenants/current', headers);
    expect([status, JSON.parse(body).id]).toEqual([200, clinic.tenantId]);
  });

  describe('the address of a client', () => {
    const onLinux = process.platform === 'linux' ? test : test.skip;
    const claims = (address: string) => ({
      'X-Forwarded-For': address,
      'X-Real-IP': address,
      Forwarded: `for=${address}`,
    });

    onLinux('is told as it is, and not as the client says', async () => {
      const { status, body } = await logIn(STRANGER, clinic.admin.email, claims('203.0.113.7'));
      expect(status).toBe(200);
      const Authorization = `Bearer ${JSON.parse(body).tokens.accessToken}`;
      const { data } = JSON.parse((await ask('/api/v1/auth/sessions', { Authorization })).body);
      expect(data.find(({ current }: any) => current).ip).toBe(STRANGER);
      expect(JSON.stringify(data)).not.toContain('203.0.113.7');
    });

    onLinux(
      'is counted by the product, so that whoever claims another one each time is held back',
      async () => {
        const guess = (i: number) =>
          logIn(GUESSER, `nobody-${i}@example.org`, claims(`203.0.113.${i}`)).then(({ status }) => status);
        const statuses: (number | undefined)[] = [];
        for (let i = 0; i <= LOGINS; i++) statuses.push(await guess(i));
        expect(statuses).toEqual([...Array(LOGINS).fill(401), 429]);
        expect((await logIn(STRANGER, clinic.admin.email)).status).toBe(200);
      },
    );

    onLinux('may ask so often, then nginx itself refuses it, and nobody else', async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 20 });
      const burst = Array.from({ length: 260 }, () =>
        ask('/health/live', {}, { agent, localAddress: FLOOD }).then(({ status }) => status),
      );
      const statuses = await Promise.all(burst);
      agent.destroy();
      expect(new Set(statuses)).toEqual(new Set([200, 429]));
      expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(200);
      expect((await ask('/health/live')).status).toBe(200);
    });
  });

  test('passes on what the product may take, and refuses more without reading it', async () => {
    const headers = {
      Authorization: `Bearer ${clinic.admin.token}`,
      'Content-Type': 'application/json',
    };
    const post = { method: 'POST', body: JSON.stringify({ name: 'x'.repeat(1_100_000) }) };
    const tooLargeForProduct = await ask('/api/v1/services', headers, post);
    expect([tooLargeForProduct.status, JSON.parse(tooLargeForProduct.body).code]).toEqual([
      413,
      'body_too_large',
    ]);
    const announced = { ...headers, 'Content-Length': String(26 * 1024 * 1024) };
    const tooLarge = await ask('/api/v1/services', announced, { method: 'POST', body: '{' });
    expect([tooLarge.status, tooLarge.headers['content-type']]).toEqual([413, 'text/html']);
  });

  test.each([['websocket'], ['polling']])('lets sockets through: %s', async (transport) => {
    const socket = io(`https://127.0.0.1:${ports.https}`, {
      auth: { token: clinic.admin.token },
      transports: [transport],
      rejectUnauthorized: false,
      forceNew: true,
    });
    await until(() => socket.connected);
    socket.close();
  });

  test('keeps the figures inside', async () => {
    expect((await ask('/metrics')).status).toBe(404);
  });

  test('goes on with one process when the other one stops', async () => {
    await servers[0]?.stop();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask('/health/ready')));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
  });
});
