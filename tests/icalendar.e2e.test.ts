import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import ICAL from 'ical.js';
import { until } from '../src/shared/tests/until.ts';
import { aClinic, type Clinic, expectStatus, type Patient, type Person } from './support/clinic.ts';
import { startCheckedServer } from './support/checked-server.ts';
import type { TestServer } from './support/test-server.ts';

const NOW = '2027-03-15T08:00:00.000Z';
const MONDAY_9 = '2027-03-22T08:00:00.000Z';
const TUESDAY_9 = '2027-03-23T08:00:00.000Z';
let server: TestServer;
beforeAll(async () => {
  server = await startCheckedServer();
});
afterAll(() => server.stop());

type Here = { clinic: Clinic; patient: Patient; doctorId: string; serviceId: string; locationId: string };
const aBookableClinic = async (): Promise<Here> => {
  server.clock.set(NOW);
  const clinic = await aClinic(server);
  const place = { name: 'Practice, left', address: 'Main Street 1; Berlin', timezone: 'Europe/Berlin' };
  const locationId = expectStatus(await clinic.admin.api.post('/locations', place), 201).body.id;
  const rules = [1, 2].map((dayOfWeek) => ({ dayOfWeek, startTime: '09:00', endTime: '12:00', locationId }));
  const serviceId = await clinic.service();
  const doctorId = await clinic.doctor([serviceId], { rules });
  return { clinic, serviceId, locationId, doctorId, patient: await clinic.patient() };
};
const book = async ({ patient, doctorId, serviceId }: Here, startsAt = MONDAY_9): Promise<string> => {
  const visit = { doctorId, serviceId, startsAt, reason: 'A secret ailment', notes: 'Private words' };
  return expectStatus(await patient.api.post('/appointments', visit), 201).body.id;
};
const makeFeed = async (
  { api }: Person,
  feed: object,
): Promise<{ id: string; url: string; path: string }> => {
  const { body } = expectStatus(await api.post('/calendar-feeds', feed), 201);
  return { ...body, path: new URL(body.url).pathname.replace('/api/v1', '') };
};

const read = (text: string) => {
  const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
  const events = calendar.getAllSubcomponents('vevent').map((each) => {
    const event = new ICAL.Event(each);
    return {
      uid: event.uid,
      sequence: event.sequence,
      summary: event.summary,
      location: event.location,
      startsAt: event.startDate.toJSDate().toISOString(),
      status: each.getFirstPropertyValue('status'),
    };
  });
  return { method: calendar.getFirstPropertyValue('method'), events };
};

describe('GET /appointments/:id/ics', () => {
  test('names service, doctor and place, and nothing of the patient', async () => {
    const here = await aBookableClinic();
    const id = await book(here);
    const answer = expectStatus(await here.patient.api.get(`/appointments/${id}/ics`), 200);
    expect(answer.headers.get('Content-Type')).toBe('text/calendar; charset=utf-8');
    expect(read(answer.body)).toEqual({
      method: 'PUBLISH',
      events: [
        {
          uid: `${id}@doctor-appointment-saas`,
          sequence: 0,
          summary: 'Check-up: Ada Berger',
          location: 'Practice, left, Main Street 1; Berlin',
          startsAt: MONDAY_9,
          status: 'CONFIRMED',
        },
      ],
    });
    expect(answer.body).not.toMatch(/ailment|Private words|Kim|example\.org/);
  });

  test('keeps its UID and raises SEQUENCE when it moves, and cancels itself when it is cancelled', async () => {
    const here = await aBookableClinic();
    const id = await book(here);
    const [ics, uid] = [`/appointments/${id}/ics`, `${id}@doctor-appointment-saas`];
    expectStatus(await here.patient.api.put(`/appointments/${id}`, { startsAt: TUESDAY_9 }), 200);
    const moved = read((await here.patient.api.get(ics)).body);
    expect(moved.events).toMatchObject([{ uid, sequence: 1, startsAt: TUESDAY_9 }]);
    expectStatus(await here.patient.api.delete(`/appointments/${id}`), 200);
    const cancelled = read((await here.patient.api.get(ics)).body);
    expect(cancelled).toMatchObject({
      method: 'CANCEL',
      events: [{ uid, sequence: 2, status: 'CANCELLED' }],
    });
  });

  test('is TENTATIVE as long as it is pending', async () => {
    const here = await aBookableClinic();
    expectStatus(
      await here.clinic.admin.api.patch(`/services/${here.serviceId}`, { requiresConfirmation: true }),
      200,
    );
    const { body } = await here.patient.api.get(`/appointments/${await book(here)}/ics`);
    expect(read(body).events).toMatchObject([{ status: 'TENTATIVE' }]);
  });

  test('304: has not changed since; 406: is text/calendar only; 401: without a token', async () => {
    const here = await aBookableClinic();
    const path = `/appointments/${await book(here)}/ics`;
    const etag = (await here.patient.api.get(path)).headers.get('ETag') ?? '';
    expect((await here.patient.api.get(path, { 'If-None-Match': etag })).status).toBe(304);
    expect((await here.patient.api.get(path, { Accept: 'application/json' })).body.code).toBe(
      'not_acceptable',
    );
    expect((await here.patient.api.get(path, { Accept: 'text/calendar' })).status).toBe(200);
    expect((await here.clinic.anyone.get(path)).status).toBe(401);
  });

  test('404: somebody else’s appointment, or another clinic’s', async () => {
    const here = await aBookableClinic();
    const path = `/appointments/${await book(here)}/ics`;
    const others = [await here.clinic.patient(), (await aClinic(server)).admin];
    for (const { api } of others) expect((await api.get(path)).body.code).toBe('appointment_not_found');
  });
});

describe('POST /calendar-feeds', () => {
  test('answers an address that is shown once, and never listed', async () => {
    const here = await aBookableClinic();
    const feed = await makeFeed(here.patient, { scope: 'patient' });
    expect(feed).toMatchObject({ scope: 'patient', doctorId: null, createdAt: NOW, lastUsedAt: null });
    const listed = await here.patient.api.get('/calendar-feeds');
    expect(listed.body.data).toEqual([
      { id: feed.id, scope: 'patient', doctorId: null, createdAt: NOW, lastUsedAt: null },
    ]);
    expect((await here.patient.api.get(`/calendar-feeds/${feed.id}`)).body).toEqual(listed.body.data[0]);
    expect((await here.clinic.admin.api.get('/calendar-feeds')).body.data).toEqual([]);
  });

  test('403: a doctor opens the own calendar only, a patient the own visits, staff no patient’s', async () => {
    const here = await aBookableClinic();
    const doctor = await here.clinic.staff('doctor');
    const own = await here.clinic.doctor([here.serviceId], { userId: doctor.userId });
    const refused = [
      await doctor.api.post('/calendar-feeds', { scope: 'doctor', doctorId: here.doctorId }),
      await here.patient.api.post('/calendar-feeds', { scope: 'doctor', doctorId: here.doctorId }),
      await here.clinic.admin.api.post('/calendar-feeds', { scope: 'patient' }),
    ];
    expect(refused.map(({ body }) => body.code)).toEqual(['forbidden', 'forbidden', 'forbidden']);
    const { doctorId } = (await doctor.api.post('/calendar-feeds', { scope: 'doctor' })).body;
    expect(doctorId).toBe(own);
  });

  test('404: another clinic’s doctor; 422: staff name no doctor', async () => {
    const here = await aBookableClinic();
    const stranger = (await aClinic(server)).admin.api;
    const foreign = await stranger.post('/calendar-feeds', { scope: 'doctor', doctorId: here.doctorId });
    expect(foreign.body.code).toBe('doctor_not_found');
    const nameless = await stranger.post('/calendar-feeds', { scope: 'doctor' });
    expect([nameless.status, nameless.body.errors[0].pointer]).toEqual([422, '/doctorId']);
  });
});

describe('GET /calendar/:secret.ics', () => {
  test('holds the visits of a patient, cancelled ones too, for whoever has the address', async () => {
    const here = await aBookableClinic();
    const [kept, cancelled] = [await book(here), await book(here, TUESDAY_9)];
    expectStatus(await here.patient.api.delete(`/appointments/${cancelled}`), 200);
    await book({ ...here, patient: await here.clinic.patient() }, '2027-03-22T09:00:00.000Z');
    const { path } = await makeFeed(here.patient, { scope: 'patient' });
    const answer = expectStatus(await server.api.get(path), 200);
    expect(answer.headers.get('Content-Type')).toBe('text/calendar; charset=utf-8');
    expect(answer.headers.get('Cache-Control')).toBe('private, no-cache');
    expect(answer.body).toContain('REFRESH-INTERVAL;VALUE=DURATION:PT1H');
    expect(read(answer.body)).toMatchObject({
      method: 'PUBLISH',
      events: [
        { uid: `${kept}@doctor-appointment-saas`, status: 'CONFIRMED', summary: 'Check-up: Ada Berger' },
        { uid: `${cancelled}@doctor-appointment-saas`, status: 'CANCELLED', sequence: 1 },
      ],
    });
  });

  test('holds a doctor’s visits by service alone, and 304 until one of them changes', async () => {
    const here = await aBookableClinic();
    const id = await book(here);
    const { path } = await makeFeed(here.clinic.admin, { scope: 'doctor', doctorId: here.doctorId });
    const { body, headers } = expectStatus(await server.api.get(path), 200);
    expect(read(body).events).toMatchObject([{ summary: 'Check-up' }]);
    expect(body).toContain('X-WR-CALNAME:Ada Berger – A Clinic');
    expect(body).not.toMatch(/ailment|Kim/);
    const known = { 'If-None-Match': headers.get('ETag') ?? '' };
    expect((await server.api.get(path, known)).status).toBe(304);
    expectStatus(await here.patient.api.put(`/appointments/${id}`, { startsAt: TUESDAY_9 }), 200);
    const moved = expectStatus(await server.api.get(path, known), 200);
    expect(read(moved.body).events).toMatchObject([{ sequence: 1, startsAt: TUESDAY_9 }]);
  });

  test('holds the last 30 and the next 365 days', async () => {
    const here = await aBookableClinic();
    await book(here);
    const { path } = await makeFeed(here.patient, { scope: 'patient' });
    const countAt = async (instant: string) => {
      server.clock.set(instant);
      return read(expectStatus(await server.api.get(path), 200).body).events.length;
    };
    expect(await countAt('2027-04-21T07:59:00.000Z')).toBe(1);
    expect(await countAt('2027-04-21T08:01:00.000Z')).toBe(0);
    expect(await countAt('2026-03-22T07:59:00.000Z')).toBe(0);
    expect(await countAt('2026-03-22T08:01:00.000Z')).toBe(1);
  });

  test('notes when it was used', async () => {
    const here = await aBookableClinic();
    const { id, path } = await makeFeed(here.patient, { scope: 'patient' });
    await server.api.get(path);
    await until(async () => {
      const { body } = await here.patient.api.get(`/calendar-feeds/${id}`);
      return body.lastUsedAt === NOW;
    });
  });

  test('404: unknown, or another tenant in front of a good secret', async () => {
    const here = await aBookableClinic();
    const { path } = await makeFeed(here.patient, { scope: 'patient' });
    const other = Buffer.from((await aClinic(server)).tenantId.replaceAll('-', ''), 'hex');
    const secret = Buffer.from(path.slice('/calendar/'.length, -'.ics'.length), 'base64url');
    const moved = Buffer.concat([other, secret.subarray(16)]).toString('base64url');
    for (const wrong of ['nothing', 'A'.repeat(64), moved]) {
      expect((await server.api.get(`/calendar/${wrong}.ics`)).body.code).toBe('calendar_feed_not_found');
    }
  });

  test('404: revoked, and only its maker can revoke it', async () => {
    const here = await aBookableClinic();
    const { id, path } = await makeFeed(here.patient, { scope: 'patient' });
    expect((await here.clinic.admin.api.delete(`/calendar-feeds/${id}`)).status).toBe(404);
    expectStatus(await server.api.get(path), 200);
    expectStatus(await here.patient.api.delete(`/calendar-feeds/${id}`), 204);
    expect((await server.api.get(path)).body.code).toBe('calendar_feed_not_found');
    expect((await here.patient.api.delete(`/calendar-feeds/${id}`)).status).toBe(404);
  });

  test('404: its maker may not log in any more, or may not see the calendar any more', async () => {
    const here = await aBookableClinic();
    const receptionist = await here.clinic.staff('receptionist');
    const { path } = await makeFeed(receptionist, { scope: 'doctor', doctorId: here.doctorId });
    const change = async (changes: object) =>
      expectStatus(await here.clinic.admin.api.patch(`/users/${receptionist.userId}`, changes), 200);
    await change({ active: false });
    expect((await server.api.get(path)).status).toBe(404);
    await change({ active: true });
    expectStatus(await server.api.get(path), 200);
    await change({ role: 'doctor' });
    expect((await server.api.get(path)).status).toBe(404);
  });
});

describe('POST /closures/import', () => {
  const ics = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Example//Holidays//EN',
    ...['20201225', '20201226'].flatMap((date) => [
      'BEGIN:VEVENT',
      `UID:${date}`,
      `DTSTART;VALUE=DATE:${date}`,
      'RRULE:FREQ=YEARLY',
      'SUMMARY:Christmas',
      'END:VEVENT',
    ]),
    'BEGIN:VEVENT',
    'UID:timed',
    'DTSTART:20270401T090000Z',
    'SUMMARY:Meeting',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');
  const statusesOf = (body: any): string[] =>
    body.closures.map((each: any) => `${each.startDate} ${each.name} ${each.status}`);
  const closuresOf = async ({ clinic }: Here) => (await clinic.admin.api.get('/closures')).body.data;

  test('shows what it would add, adds it once, and then finds it there', async () => {
    const here = await aBookableClinic();
    const { api } = here.clinic.admin;
    const dates = ['2027-12-25', '2027-12-26', '2028-12-25', '2028-12-26'];
    const all = (status: string) => dates.map((date) => `${date} Christmas ${status}`);
    const dry = expectStatus(await api.post('/closures/import', { ics }), 200).body;
    expect(dry).toMatchObject({ dryRun: true, skipped: [{ summary: 'Meeting', reason: 'not_all_day' }] });
    expect(statusesOf(dry)).toEqual(all('new'));
    expect(await closuresOf(here)).toEqual([]);
    const real = { ics, dryRun: false };
    expect(statusesOf((await api.post('/closures/import', real)).body)).toEqual(all('new'));
    expect(statusesOf((await api.post('/closures/import', real)).body)).toEqual(all('exists'));
    const closures = await closuresOf(here);
    expect(closures.map(({ startDate }: { startDate: string }) => startDate)).toEqual(dates);
    expect(closures[0]).toMatchObject({
      endDate: '2027-12-25',
      name: 'Christmas',
      locationId: null,
      version: 1,
    });
  });

  test('keeps a location’s closures apart from the clinic’s, and to the time that is asked for', async () => {
    const here = await aBookableClinic();
    const { api } = here.clinic.admin;
    const year = { ics, dryRun: false, from: '2030-01-01', to: '2030-12-31' };
    await api.post('/closures/import', year);
    const atOne = await api.post('/closures/import', { ...year, locationId: here.locationId });
    expect(statusesOf(atOne.body)).toEqual(['2030-12-25 Christmas new', '2030-12-26 Christmas new']);
    expect(await closuresOf(here)).toHaveLength(4);
  });

  test('adds nothing twice, also when it is asked twice at once', async () => {
    const here = await aBookableClinic();
    const once = () => here.clinic.admin.api.post('/closures/import', { ics, dryRun: false });
    const answers = await Promise.all([once(), once(), once()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await closuresOf(here)).toHaveLength(4);
  });

  test('422: cannot be read, is too long, or asks for no time', async () => {
    const here = await aBookableClinic();
    const asked = [
      { ics: 'no calendar' },
      { ics: 'x'.repeat(512 * 1024 + 1) },
      { ics, from: '2028-01-01', to: '2027-01-01' },
      { ics, from: '2028-01-01', to: '2048-01-01' },
      { ics, to: '2027-03-14' },
    ];
    const answers = await Promise.all(
      asked.map((body) => here.clinic.admin.api.post('/closures/import', body)),
    );
    expect(answers.map(({ status, body }) => [status, body.errors[0].pointer])).toEqual([
      [422, '/ics'],
      [422, '/ics'],
      [422, '/to'],
      [422, '/to'],
      [422, '/to'],
    ]);
  });

  test('403: for patients and receptionists; 404: another clinic’s location', async () => {
    const here = await aBookableClinic();
    const stranger = (await aClinic(server)).admin;
    const [receptionist, { locationId }] = [await here.clinic.staff('receptionist'), here];
    for (const { api } of [here.patient, receptionist]) {
      expect((await api.post('/closures/import', { ics })).status).toBe(403);
    }
    const answer = await stranger.api.post('/closures/import', { ics, locationId });
    expect(answer.body.code).toBe('location_not_found');
  });
});
