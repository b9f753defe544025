import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testConfig } from '../src/database/tests/test-database.ts';
import { until } from '../src/shared/tests/until.ts';
import { newId } from '../src/shared/types/id.ts';
import { aBookableClinic, type Bookable } from './support/bookable.ts';
import { expectStatus } from './support/clinic.ts';
import { untilHeardBy } from './support/database.ts';
import { listen } from './support/listener.ts';
import { type MailServer, startMailServer } from './support/mail-server.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let mail: MailServer;
let api: TestServer;
let worker: TestServer | undefined;
let here: Bookable;

/** Servers of one installation, in which everything that is repeated is repeated all the time. */
const start = (role: 'api' | 'worker') => {
  const config = testConfig();
  return startTestServer({
    role,
    streamPrefix,
    mail: { ...config.mail, smtpUrl: mail.url, folder: undefined },
    waitlistSweepMs: 10,
    absenceSweepMs: 10,
    auditSealMs: 10,
    notifications: { ...config.notifications, sweepMs: 10 },
    webhooks: { ...config.webhooks, sweepMs: 10 },
  });
};
const streamPrefix = `{roles-${newId()}}`;

beforeAll(async () => {
  mail = await startMailServer();
  api = await start('api');
  here = await aBookableClinic(api);
});
afterAll(async () => {
  await Promise.all([api.stop(), worker?.stop()]);
  await mail.stop();
});

const figures = async ({ url }: TestServer) => (await fetch(`${url}/metrics`)).text();
const consumersIn = (text: string): string[] =>
  [
    ...new Set(
      [...text.matchAll(/^events_handled_total\{consumer="([^"]+)"/gm)].map(([, name = '']) => name),
    ),
  ].sort();
const jobsIn = (text: string): string[] =>
  [
    ...new Set(
      [...text.matchAll(/^job_duration_seconds_count\{job="([^"]+)"/gm)].map(([, name = '']) => name),
    ),
  ].sort();

test('a process with the role api serves requests, sockets and figures, and does nothing behind them', async () => {
  const listener = await listen(api.url, here.clinic.admin.token);
  const { id } = expectStatus(await here.book(), 201).body;
  // Its relay publishes what it has committed, and its sockets are told; whatever else would react has had the time to.
  await listener.hears([id]);
  listener.close();
  const text = await figures(api);
  expect(text).toContain(
    'http_request_duration_seconds_count{method="POST",route="/appointments",status="201"} 1',
  );
  expect([consumersIn(text), jobsIn(text)]).toEqual([['websocket'], []]);
  expect(mail.asked()).toBe(0);
});

test('a process with the role worker sends the mail of what another has booked, and serves health and figures only', async () => {
  worker = await start('worker');
  const { url } = worker;
  await until(() => mail.mailsTo(here.patient.email).find(({ html }) => String(html).includes('Check-up')));
  await untilHeardBy('analytics', worker, here.clinic.tenantId);
  const text = await until(async () => {
    const found = await figures(api).then(() => figures({ ...api, url }));
    return jobsIn(found).length >= 8 && found;
  });
  expect(consumersIn(text)).toEqual(
    expect.arrayContaining(['analytics', 'notifications', 'waitlist', 'webhooks']),
  );
  expect(jobsIn(text)).toEqual(
    expect.arrayContaining(['absences', 'audit', 'notifications', 'patients', 'waitlist', 'webhooks']),
  );
  const statusOf = async (path: string) => {
    const headers = { Authorization: `Bearer ${here.clinic.admin.token}` };
    const answer = await fetch(url + path, { headers });
    await answer.text(); // Unread figures would keep the connection, and with that this process.
    return answer.status;
  };
  for (const path of ['/health', '/health/live', '/health/ready', '/metrics'])
    expect(await statusOf(path)).toBe(200);
  for (const path of ['/api/v1/auth/me', '/api/v1/services', '/docs', '/problems/slot_taken', '/'])
    expect([path, await statusOf(path)]).toEqual([path, 404]);
  expect(jobsIn(await figures(api))).toEqual([]);
});
