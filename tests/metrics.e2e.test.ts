import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { testConfig } from '../src/database/tests/test-database.ts';
import { until } from '../src/shared/tests/until.ts';
import { aClinic, type Clinic, expectStatus } from './support/clinic.ts';
import { listen } from './support/listener.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

const MONDAY_9 = '2027-03-22T08:00:00.000Z'; // 09:00 in Berlin
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-/;

let log = '';
let server: TestServer;
let clinic: Clinic;
/** Every query is slow. */
beforeAll(async () => {
  const database = { ...testConfig().database, slowQueryMs: 0 };
  const settings = { database, logLevel: 'warn', metricsToken: 'sesame' } as const;
  server = await startTestServer(settings, { write: (line) => (log += line) });
});
beforeEach(async () => {
  clinic = await aClinic(server);
});
afterAll(() => server.stop());

const ask = (headers = {}) => fetch(`${server.url}/metrics`, { headers });
const read = async (): Promise<string> => (await ask({ Authorization: 'Bearer sesame' })).text();
/** The figure of one line, such as `name{label="value"}`; zero where it is not told. */
const figure = (text: string, line: string): number => {
  const found = text.split('\n').find((each) => each.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1) ?? 0);
};
const labels = (text: string, label: string): string[] => [
  ...new Set([...text.matchAll(new RegExp(`[{,]${label}="([^"]*)"`, 'g'))].map(([, value = '']) => value)),
];

describe('GET /metrics', () => {
  test('counts a booking as a request of its route, as named statements, as an event and as a booking', async () => {
    const serviceId = await clinic.service();
    const doctorId = await clinic.doctor([serviceId]);
    const patient = await clinic.patient();
    const before = await read();
    const visit = { doctorId, serviceId, startsAt: MONDAY_9 };
    const { id } = expectStatus(await patient.api.post('/appointments', visit), 201).body;
    expectStatus(await patient.api.post('/appointments', visit), 409);
    expectStatus(await patient.api.get(`/appointments/${id}`), 200);

    const lines = {
      'http_request_duration_seconds_count{method="POST",route="/appointments",status="201"}': 1,
      'http_request_duration_seconds_count{method="POST",route="/appointments",status="409"}': 1,
      'http_request_duration_seconds_count{method="GET",route="/appointments/:id",status="200"}': 1,
      'db_query_duration_seconds_count{query="appointments.appointment.insertAppointment"}': 1,
      'domain_events_total{type="appointment.booked"}': 1,
      appointments_booked_total: 1,
    };
    const grown = async () => {
      const after = await read();
      const growth = (line: string) => figure(after, line) - figure(before, line);
      return Object.fromEntries(Object.keys(lines).map((line) => [line, growth(line)]));
    };
    await until(async () => JSON.stringify(await grown()) === JSON.stringify(lines));
  });

  test('counts clinics and patients that sign up, sockets, and what is remembered', async () => {
    const before = await read();
    await aClinic(server);
    const { token } = await clinic.patient();
    const socket = await listen(server.url, token);
    for (let i = 0; i < 3; i++) expectStatus(await clinic.admin.api.get('/services'), 200);
    // What has to be asked for is asked once a second.
    const after = await until(async () => {
      const now = await read();
      return figure(now, 'websocket_connections') > figure(before, 'websocket_connections') && now;
    });
    socket.close();
    const growth = (line: string) => figure(after, line) - figure(before, line);
    expect(growth('sign_ups_total{kind="clinic"}')).toBe(1);
    expect(growth('sign_ups_total{kind="patient"}')).toBe(1);
    expect(growth('websocket_connections')).toBe(1);
    expect(growth('cache_requests_total{cache="tokens",result="hit"}')).toBeGreaterThanOrEqual(2);
    expect(growth('cache_requests_total{cache="sessions",result="hit"}')).toBeGreaterThanOrEqual(2);
  });

  test('tells of the pool, the outbox, every consumer, the queues, the event loop and whether its servers answer', async () => {
    const text = await until(async () => {
      const told = await read();
      return figure(told, 'event_stream_pending_events{consumer="webhooks"}') === 0 &&
        told.includes('event_stream_pending_events{consumer="webhooks"}') &&
        told.includes('job_last_success_timestamp_seconds{job="notifications"}')
        ? told
        : undefined;
    });
    expect(figure(text, 'database_up')).toBe(1);
    expect(figure(text, 'redis_up')).toBe(1);
    expect(figure(text, 'event_bus_up{bus="redis"}')).toBe(1);
    expect(figure(text, 'db_pool_connections_limit')).toBe(server.config.database.poolSize);
    expect(labels(text, 'consumer').sort()).toEqual(
      expect.arrayContaining(['notifications', 'waitlist', 'webhooks', 'websocket']),
    );
    for (const name of [
      'db_pool_connections_in_use',
      'outbox_unpublished_events',
      'outbox_lag_seconds',
      'deliveries_due{channel="webhook"}',
      'nodejs_eventloop_lag_p99_seconds',
      'process_cpu_seconds_total',
    ])
      expect(text).toContain(`\n${name} `);
  });

  test('names routes, statements and nothing of anybody, however strange the requests are', async () => {
    await Promise.all([
      server.api.get(`/appointments/${clinic.tenantId}`),
      fetch(`${server.url}/${clinic.tenantId}`),
      server.api.send('PURGE', `/doctors/${clinic.tenantId}`),
    ]);
    const text = await read();
    expect(text).not.toMatch(UUID);
    expect(text).not.toContain(clinic.subdomain);
    expect(labels(text, 'route')).toContain('other');
    for (const query of labels(text, 'query')) expect(query).toMatch(/^[a-z-]+(\.[\w-]+){1,2}$/);
    expect(labels(text, 'query')).not.toContain('unnamed');
  });

  test('401 where a token is configured and not sent', async () => {
    for (const headers of [{}, { Authorization: 'Bearer sesam' }, { Authorization: 'sesame' }])
      expect((await ask(headers)).status).toBe(401);
  });
});

test('a slow query is written to the log by its name and duration, without a value', async () => {
  log = '';
  const service = { name: 'Something very private', durationMinutes: 30 };
  expectStatus(await clinic.admin.api.post('/services', service), 201);
  const lines = log.split('\n').filter((line) => line.includes('"query":"doctors.service.insert"'));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    msg: 'A query was slow',
    durationMs: expect.any(Number),
  });
  expect(log).not.toContain('private');
});

describe('the dashboards and alerts of ops/', () => {
  const boards = readdirSync('ops/grafana').map((file) =>
    JSON.parse(readFileSync(`ops/grafana/${file}`, 'utf8')),
  );
  const { groups } = parse(readFileSync('ops/prometheus/alerts.yml', 'utf8'));
  const rules: { alert: string; expr: string; annotations: { runbook: string } }[] = groups.flatMap(
    (group: any) => group.rules,
  );
  const drawn: string[] = boards.flatMap(({ panels }) =>
    panels.flatMap(({ targets }: any) => targets.map(({ expr }: any) => expr)),
  );

  test('name only figures that /metrics tells', async () => {
    const told = new Set(
      [...(await read()).matchAll(/^# TYPE (\S+) (\S+)/gm)].flatMap(([, name = '', type]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    );
    const named = new Set([...rules.map(({ expr }) => expr), ...drawn].flatMap(metricsIn));
    expect(named.size).toBeGreaterThan(25);
    expect([...named].filter((name) => !told.has(name))).toEqual([]);
  });

  test('have a runbook for every alert', () => {
    const headings = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^### (\w+)$/gm)].map(
      ([, name]) => name,
    );
    for (const { alert, annotations } of rules) {
      expect(headings).toContain(alert);
      expect(annotations.runbook).toBe(`docs/operations.md#${alert.toLowerCase()}`);
    }
  });
});

const WORDS = new Set(['by', 'and', 'or', 'unless', 'offset', 'le']);
/** The metrics that an expression of PromQL names: what is neither a function, a label, a duration nor a word of the language. */
const metricsIn = (expression: string): string[] => {
  const bare = expression
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"/g, ' ')
    .replaceAll(/\bby \([^)]*\)|\boffset \w+/g, ' ');
  return [...bare.matchAll(/[a-z_]\w*(?!\w*\s*\()/g)]
    .map(([name]) => name)
    .filter((name) => !WORDS.has(name));
};
