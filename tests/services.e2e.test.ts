import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { io, type Socket } from 'socket.io-client';
import { freePort } from '../scripts/servers/ports.mjs';
import { testConfig } from '../src/database/tests/test-database.ts';
import { type Service, services } from '../src/shared/config/services.ts';
import { createServiceTokens } from '../src/shared/ports/service-token.ts';
import { DAY_MS } from '../src/shared/time/units.ts';
import { until } from '../src/shared/tests/until.ts';
import { systemClock } from '../src/shared/utils/clock.ts';
import { createApi, type Api } from './support/api.ts';
import { aClinic, type Clinic, expectStatus, type Patient, type Person } from './support/clinic.ts';
import { type MailServer, startMailServer } from './support/mail-server.ts';
import { findNginx, type Nginx, startNginx } from './support/nginx.ts';
import {
  choosePlaces,
  gatewayOf,
  migrateParted,
  type Places,
  SERVICE_SECRET,
  settingsOf,
} from './support/parted.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';
import { startTraceCollector, type TraceCollector } from './support/trace-collector.ts';

const nginx = findNginx();

(nginx === undefined ? describe.skip : describe)(
  'four processes, each with its own database, behind the gateway',
  () => {
    // With a database of its own: the events that other tests have left behind would be told again in a new stream.
    const { database, ...rest } = testConfig();
    const config = { ...rest, database: { ...database, name: `${database.name}_services` } };
    const running = new Map<Service, ServerProcess>();
    let places: Places;
    let gateway: Nginx;
    let api: Api;
    let url: string;
    let mails: MailServer;
    let collector: TraceCollector;
    let clinic: Clinic;
    let doctor: Person;
    let patient: Patient;
    let visit: { doctorId: string; serviceId: string; startsAt: string };

    const start = async (service: Service) => {
      const process = await startServerProcess({
        ...settingsOf(service, config, places),
        EVENT_STREAM: config.database.name,
        SMTP_URL: mails.url,
        TRUST_PROXY: 'loopback',
        PUBLIC_URL: url,
        NOTIFICATION_SWEEP_MS: '200',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_SERVICE_NAME: service,
        OTEL_BSP_SCHEDULE_DELAY: '200',
      });
      running.set(service, process);
      return process;
    };

    beforeAll(async () => {
      [places, mails, collector] = await Promise.all([
        choosePlaces(),
        startMailServer(),
        startTraceCollector(),
      ]);
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      api = createApi(`${url}/api/v1`);
      await migrateParted(config, places);
      gateway = startNginx(nginx ?? '', await gatewayOf(places), { HTTP_PORT: `127.0.0.1:${port}` });
      const started = await Promise.all(services.map(start));
      for (const process of started) await process.serves(60_000);

      clinic = await aClinic({ api });
      const serviceId = await clinic.service();
      doctor = await clinic.staff('doctor');
      const doctorId = await clinic.doctor([serviceId], { userId: doctor.userId });
      patient = await clinic.patient();
      const day = new Date(Date.now() + 14 * DAY_MS).toISOString().slice(0, 10);
      visit = { doctorId, serviceId, startsAt: `${day}T09:00:00.000Z` };
    });
    afterAll(async () => {
      for (const process of running.values()) process.signal('SIGTERM');
      await Promise.all([...running.values()].map(({ exited }) => exited));
      await Promise.all([gateway.stop(), mails.stop(), collector.stop()]);
    });

    const book = async (minutesLater = 0): Promise<string> => {
      const startsAt = new Date(Date.parse(visit.startsAt) + minutesLater * 60_000).toISOString();
      return expectStatus(await patient.api.post('/appointments', { ...visit, startsAt }), 201).body.id;
    };
    const mailsOf = ({ email }: Person) => mails.mailsTo(email).map(({ subject }) => subject ?? '');
    const statusOf = async (path: string, headers: Record<string, string> = {}) =>
      (
        await fetch(path, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...headers },
          body: '{}',
        })
      ).status;

    test('a visit that the core books is told by mail, inside the product and in the figures', async () => {
      await book();
      await until(() => mailsOf(patient).length > 0);
      const told = await until(async () => {
        const { body } = expectStatus(await patient.api.get('/notifications'), 200);
        return body.data[0];
      });
      expect(told).toMatchObject({ body: expect.stringContaining('Ada Berger') });
      const day = visit.startsAt.slice(0, 10);
      const figures = await until(async () => {
        const path = `/analytics/summary?from=${day}&to=${day}`;
        const { body } = expectStatus(await clinic.admin.api.get(path), 200);
        return body.appointments === 1 ? body : undefined;
      });
      expect(figures.byStatus).toMatchObject({ confirmed: 1 });
    });

    test('one trace leads through the services, from the request to the mail, and to what they ask each other', async () => {
      const named = (name: string) => until(() => collector.spans.find((span) => span.name === name), 20_000);
      const [request, smtp] = [await named('POST /appointments'), await named('smtp')];
      expect([request.service, smtp.service]).toEqual(['core', 'notifications']);
      const ofMail = collector.spans.filter(({ traceId }) => traceId === smtp.traceId);
      const asked = ofMail.find(({ name, service }) => name.startsWith('ask core') && service !== 'core');
      const answer = await until(() => collector.spans.find(({ parentId }) => parentId === asked?.spanId));
      expect(answer).toMatchObject({
        service: 'core',
        name: expect.stringMatching(/^POST [/]internal[/]ports[/]core[/]/),
      });
    });

    test('a note is written and read in its process; trail, feed, timeline, export and sockets of the core know of it', async () => {
      const socket: Socket = io(url, {
        auth: { token: patient.token },
        transports: ['websocket'],
        forceNew: true,
      });
      const heard: string[] = [];
      socket.onAny((name: string) => heard.push(name));
      await until(() => socket.connected);
      const appointmentId = await book(30);
      const content = { subjective: 'Headache', objective: '', assessment: '', plan: 'Rest' };
      const written = await doctor.api.post('/medical-notes', { appointmentId, kind: 'soap', content });
      const note = expectStatus(written, 201).body;
      expectStatus(await doctor.api.post(`/medical-notes/${note.id}/sign`), 200);
      expect(
        expectStatus(await patient.api.get(`/medical-notes/${note.id}`), 200).body.content,
      ).toMatchObject(content);
      expect((await clinic.admin.api.get(`/medical-notes?q=headache`)).status).toBe(403);
      expect((await doctor.api.get(`/medical-notes?q=headache`)).body.data).toHaveLength(1);

      await until(async () => {
        const { body } = await clinic.admin.api.get(`/audit-logs?resourceId=${note.id}`);
        const actions = body.data.map(({ action }: { action: string }) => action);
        return ['medical_note.created', 'medical_note.signed', 'medical_note.read'].every((each) =>
          actions.includes(each),
        );
      });
      await until(async () => {
        const { body } = expectStatus(await clinic.admin.api.get('/events?limit=100'), 200);
        const sequences = body.data.map(({ sequence }: { sequence: number }) => sequence);
        expect(sequences).toEqual(sequences.map((_: number, i: number) => i + 1));
        return body.data.some(({ type }: { type: string }) => type === 'medical_note.signed');
      });
      const timeline = expectStatus(await doctor.api.get(`/patients/${patient.patientId}/timeline`), 200).body
        .data;
      expect(timeline.map(({ kind }: { kind: string }) => kind)).toContain('note');
      const archive = await fetch(`${url}/api/v1/patients/${patient.patientId}/export`, {
        headers: { Authorization: `Bearer ${patient.token}` },
      });
      const text = Buffer.from(await archive.arrayBuffer()).toString('latin1');
      expect([archive.status, text.includes('/note.pdf'), text.includes('manifest.json')]).toEqual([
        200,
        true,
        true,
      ]);
      await until(() => heard.includes('appointment_created') && heard.includes('system_notification'));
      socket.close();
    });

    test('while notifications are away people book on, and are told when they are back', async () => {
      const gone = running.get('notifications');
      gone?.signal('SIGKILL');
      await gone?.exited;
      const before = mailsOf(patient).length;
      await book(60);
      expect((await patient.api.get('/notifications')).status).toBe(502);
      await (await start('notifications')).serves(60_000);
      await until(() => mailsOf(patient).length > before, 20_000);
    });

    test('nobody outside reaches what services ask each other, and inside nobody without their token', async () => {
      const inside = `${places.core.url}/internal/ports/core/tenant`;
      for (const path of [
        '/internal/ports/core/tenant',
        '/Internal//ports/core/tenant',
        '/api/../internal/ports/core/tenant',
      ])
        expect(await statusOf(`${url}${path}`)).toBe(404);
      expect(await statusOf(inside)).toBe(401);
      expect(await statusOf(inside, { Authorization: `Bearer ${clinic.admin.token}` })).toBe(401);
      const tokens = createServiceTokens(SERVICE_SECRET, systemClock);
      const forOthers = { Authorization: `Bearer ${await tokens.tokenFor('analytics')}` };
      expect(await statusOf(inside, forOthers)).toBe(401);
      // With the right one it is only the question that is wrong.
      expect(await statusOf(inside, { Authorization: `Bearer ${await tokens.tokenFor('core')}` })).toBe(422);
    });

    test('notes follow a record that is merged into another', async () => {
      const duplicate = await clinic.patient();
      const startsAt = new Date(Date.parse(visit.startsAt) + 90 * 60_000).toISOString();
      const booked = await duplicate.api.post('/appointments', { ...visit, startsAt });
      const appointmentId = expectStatus(booked, 201).body.id;
      const draft = { appointmentId, kind: 'progress', content: { text: 'Nothing new' } };
      const { id } = expectStatus(await doctor.api.post('/medical-notes', draft), 201).body;
      const merged = await clinic.admin.api.post(`/patients/${patient.patientId}/merge`, {
        duplicateId: duplicate.patientId,
      });
      expectStatus(merged, 200);
      await until(async () => {
        const { body } = await doctor.api.get(`/medical-notes?patientId=${patient.patientId}`);
        return body.data.some((note: { id: string }) => note.id === id);
      });
    });

    test('a session that ends, ends in every process', async () => {
      const once = await clinic.logIn(doctor);
      expectStatus(await once.api.get('/medical-notes'), 200);
      expectStatus(await once.api.post('/auth/logout'), 204);
      expect((await once.api.get('/medical-notes')).body.code).toBe('session_revoked');
    });
  },
);
