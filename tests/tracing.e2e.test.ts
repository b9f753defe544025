import type { ServerResponse } from 'node:http';
import type { DestinationStream } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testConfig } from '../src/database/tests/test-database.ts';
import type { Config } from '../src/shared/config/config.ts';
import { until } from '../src/shared/tests/until.ts';
import { newId } from '../src/shared/types/id.ts';
import { aBookableDoctor, type BookableDoctor } from './support/bookable.ts';
import { expectCode, expectStatus, PASSWORD } from './support/clinic.ts';
import { type MailServer, startMailServer } from './support/mail-server.ts';
import { type Receiver, startReceiver } from './support/receiver.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';
import { startTestServer } from './support/test-server.ts';
import { type CollectedSpan, startTraceCollector, type TraceCollector } from './support/trace-collector.ts';

const DAY_MS = 86_400_000;
const SECRET_REASON = 'A lump that nobody may read of';
const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

describe('one process answers, another one sends', () => {
  let collector: TraceCollector;
  let mail: MailServer;
  let hooks: Receiver;
  let api: ServerProcess;
  let worker: ServerProcess;
  let here: BookableDoctor;
  let startsAt: string;

  beforeAll(async () => {
    [collector, mail, hooks] = await Promise.all([startTraceCollector(), startMailServer(), startReceiver()]);
    const settings = {
      EVENT_STREAM: `tracing-${newId()}`,
      SMTP_URL: mail.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
      LOG_LEVEL: 'debug',
      NOTIFICATION_SWEEP_MS: '50',
      WEBHOOK_SWEEP_MS: '50',
    };
    [api, worker] = await Promise.all([
      startServerProcess({ ...settings, ROLE: 'api', OTEL_SERVICE_NAME: 'front' }),
      startServerProcess({
        ...settings,
        ROLE: 'worker',
        OTEL_SERVICE_NAME: 'back',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      }),
    ]);
    await Promise.all([api.serves(), worker.serves()]);
    here = await aBookableDoctor(api);
    expectStatus(
      await here.clinic.admin.api.post('/webhooks', {
        url: hooks.url,
        events: ['appointment.booked'],
        active: true,
      }),
      201,
    );
    const from = new Date(Date.now() + 2 * DAY_MS);
    const window = `from=${from.toISOString()}&to=${new Date(from.getTime() + DAY_MS).toISOString()}`;
    const path = `/doctors/${here.doctorId}/slots?serviceId=${here.serviceId}&${window}`;
    startsAt = expectStatus(await here.patient.api.get(path), 200).body.data[0].startsAt;
  }, 90_000);
  afterAll(async () => {
    api.signal('SIGTERM');
    worker.signal('SIGTERM');
    await Promise.all([api.exited, worker.exited]);
    await Promise.all([collector.stop(), mail.stop(), hooks.stop()]);
  });

  const ofCaller = () => collector.spans.filter(({ traceId }) => traceId === CALLER.traceId);
  const named = (name: string) => ofCaller().find((span) => span.name === name);
  /** The names of the spans above one, up to that of the caller. */
  const above = (span: CollectedSpan | undefined): string[] => {
    if (!span) return [];
    if (span.parentId === CALLER.spanId) return [span.name, 'the caller'];
    return [span.name, ...above(ofCaller().find(({ spanId }) => spanId === span.parentId))];
  };

  test('a booking and the mail about it are one trace, that of the caller', async () => {
    const visit = { doctorId: here.doctorId, serviceId: here.serviceId, startsAt, reason: SECRET_REASON };
    const headers = { traceparent: `00-${CALLER.traceId}-${CALLER.spanId}-01` };
    const { id } = expectStatus(await here.patient.api.post('/appointments', visit, headers), 201).body;
    await until(() => mail.mailsTo(here.patient.email).find(({ html }) => String(html).includes('Check-up')));
    await hooks.gets(1);
    // A span comes when it has ended: those above one come after it, perhaps from another process.
    const ends = ['smtp', 'webhook appointment.booked', 'appointments.appointment.insertAppointment'];
    await until(() => ends.every((name) => above(named(name)).at(-1) === 'the caller'));

    const told = ['notifications appointment.booked', 'publish appointment.booked'];
    const request = ['POST /appointments', 'the caller'];
    expect(above(named('smtp'))).toEqual(['smtp', 'send email', ...told, ...request]);
    expect(above(named('appointments.appointment.insertAppointment')).slice(1)).toEqual(request);
    expect(above(named('webhook appointment.booked')).slice(2)).toEqual([told[1], ...request]);
    expect([named('POST /appointments')?.service, named('smtp')?.service]).toEqual(['front', 'back']);
    expect(collector.mediaTypes).toEqual(new Set(['application/x-protobuf', 'application/json']));

    const { traceparent } = hooks.received[0]?.headers ?? {};
    expect(traceparent).toBe(`00-${CALLER.traceId}-${named('webhook appointment.booked')?.spanId}-01`);
    expect(id).toBeDefined();
  });

  test('spans say what was done, and nothing of who it was done for', () => {
    const { patient, clinic } = here;
    expect(named('POST /appointments')?.attributes).toEqual({
      'http.request.method': 'POST',
      'url.scheme': 'http',
      'http.route': '/appointments',
      'http.response.status_code': '201',
      'app.tenant_id': clinic.tenantId,
    });
    const everything = collector.raw();
    for (const secret of [
      patient.email,
      patient.patientId,
      patient.token,
      SECRET_REASON,
      'Check-up',
      'example.org',
    ])
      expect(everything).not.toContain(secret);
  });

  test('lines of the log name the trace', async () => {
    const linesOf = ({ said }: ServerProcess) =>
      said.out
        .split('\n')
        .filter((line) => line.includes(`"trace_id":"${CALLER.traceId}"`))
        .map((line) => JSON.parse(line));
    const line = await until(() => linesOf(api).find(({ msg }) => msg === 'request'));
    expect(line).toMatchObject({ route: '/appointments', status: 201 });
    expect(named('POST /appointments')?.spanId).toBe(line.span_id);
  });
});

/** A server in this process that tells `collector`. */
const tracedServer = (
  collector: TraceCollector,
  queue: Partial<Config['tracing']['queue']>,
  log?: DestinationStream,
) => {
  const { tracing } = testConfig();
  const changes = { url: `${collector.url}/v1/traces`, timeoutMs: 50, queue: { ...tracing.queue, ...queue } };
  return startTestServer({ logLevel: 'warn', tracing: { ...tracing, ...changes } }, log);
};

test('what waits is sent when a process stops, and what leaves a request is a part of it', async () => {
  const collector = await startTraceCollector();
  const server = await tracedServer(collector, { scheduledDelayMillis: 3_600_000 });
  const { clinic, patient } = await aBookableDoctor(server);
  const again = { email: patient.email, password: PASSWORD, firstName: 'Kim', lastName: 'Example' };
  expectCode(await clinic.anyone.post('/auth/register', again), 'email_taken');
  expectStatus(await patient.api.post('/auth/logout'), 204);
  expect(collector.asked()).toBe(0);
  await server.stop();
  await collector.stop();
  const logout = collector.spans.find(({ name }) => name === 'POST /auth/logout');
  const below = collector.spans.filter(({ parentId }) => parentId === logout?.spanId);
  expect(below.map(({ name }) => name)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^redis /), expect.stringMatching(/^auth[.]session[.]/)]),
  );
  // The database names the address in what it says of the duplicate.
  const failed = collector.spans.flatMap(({ attributes }) => attributes['error.type'] ?? []);
  expect(failed).toContain('ER_DUP_ENTRY');
  for (const secret of [patient.userId, patient.email]) expect(collector.raw()).not.toContain(secret);
});

describe.each([
  ['never answers', (): void => undefined],
  ['refuses', (response: ServerResponse): void => void response.writeHead(400).end()],
])('a collector that %s', (_what, answer) => {
  test('changes nothing for requests, and is told of once', async () => {
    let log = '';
    const collector = await startTraceCollector(answer);
    const server = await tracedServer(
      collector,
      { scheduledDelayMillis: 5, maxQueueSize: 512 },
      { write: (line) => (log += line) },
    );
    const { patient } = await aBookableDoctor(server);
    expectStatus(await patient.api.get('/auth/me'), 200);
    await until(() => log.includes('Traces do not reach their collector'));
    const asked = collector.asked();
    await until(async () => {
      expectStatus(await patient.api.get('/auth/me'), 200);
      return collector.asked() > asked + 2;
    });
    await server.stop();
    await collector.stop();
    expect(log.split('Traces do not reach').length - 1).toBe(1);
  });
});
