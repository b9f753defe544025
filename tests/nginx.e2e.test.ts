import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { io } from 'socket.io-client';
import { requireUnpacked } from '../scripts/servers/unpacked-program.mjs';
import { freePort } from '../scripts/servers/ports.mjs';
import { until } from '../src/shared/tests/until.ts';
import { certificate } from './support/certificate.ts';
import { aClinic, type Clinic } from './support/clinic.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

const DOMAIN = 'clinics.example';
const nginx = requireUnpacked('nginx', '.data/nginx');
if (nginx === undefined && process.env['CI'] !== undefined) throw new Error('No nginx could be fetched.');
if (nginx === undefined) process.stderr.write('Not tested: no nginx is here, and none can be fetched.\n');

(nginx === undefined ? describe.skip : describe)('nginx in front of two processes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  let servers: TestServer[];
  let clinic: Clinic;
  let proxy: ChildProcess;
  let ports: { http: number; https: number };

  beforeAll(async () => {
    const settings = { appDomain: DOMAIN, trustProxy: ['loopback'] };
    const [first, second] = [await startTestServer(settings), await startTestServer(settings)];
    servers = [first, second];
    ports = { http: await freePort(), https: await freePort() };
    const [one = '', other = ''] = servers.map(({ url }) => new URL(url).host);
    const values: Record<string, string> = {
      UPSTREAM: `${one}; server ${other}`,
      HTTP_PORT: `127.0.0.1:${ports.http}`,
      HTTPS_PORT: `127.0.0.1:${ports.https}`,
      TLS: folder,
    };
    const template = readFileSync('ops/nginx/nginx.conf.template', 'utf8');
    const config = template
      .replaceAll('/tmp/', `${folder}/`)
      .replaceAll(/\$\{(\w+)\}/g, (_all, name: string) => values[name] ?? '');
    mkdirSync(join(folder, 'logs'));
    writeFileSync(join(folder, 'nginx.conf'), config);
    writeFileSync(join(folder, 'fullchain.pem'), certificate.cert);
    writeFileSync(join(folder, 'privkey.pem'), certificate.key);
    const options = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr', '-g', 'daemon off;'];
    proxy = spawn(nginx ?? '', options, { stdio: ['ignore', 'ignore', 'inherit'] });
    clinic = await aClinic(first);
    await until(() =>
      ask('/health').then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
  });
  afterAll(async () => {
    proxy.kill('SIGTERM');
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  const answerOf = async (res: IncomingMessage) => ({
    status: res.statusCode,
    headers: res.headers,
    body: await text(res),
  });
  const ask = (path: string, headers: Record<string, string> = {}) =>
    new Promise<Awaited<ReturnType<typeof answerOf>>>((resolve, reject) => {
      const options = { port: ports.https, path, headers, rejectUnauthorized: false, agent: false as const };
      request(options, (res) => {
        answerOf(res).then(resolve, reject);
      })
        .on('error', reject)
        .end();
    });

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

  test('tells the real address of the client, and not what the client says', async () => {
    const headers = { Authorization: `Bearer ${clinic.admin.token}`, 'X-Forwarded-For': '203.0.113.7' };
    await ask('/api/v1/auth/me', headers);
    const { body } = await ask('/api/v1/auth/sessions', headers);
    expect(body).not.toContain('203.0.113.7');
    expect(body).toContain('127.0.0.1');
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
