import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer } from './support/api.ts';
import { aBookableDoctor, another, type BookableDoctor as Bookable } from './support/bookable.ts';
import { aClinic, expectStatus } from './support/clinic.ts';
import { startCheckedServer } from './support/checked-server.ts';
import type { TestServer } from './support/test-server.ts';

const NOW = '2027-03-15T08:00:00.000Z';
let server: TestServer;
beforeAll(async () => {
  server = await startCheckedServer();
});
afterAll(() => server.stop());

const bookable = (service?: object): Promise<Bookable> => {
  server.clock.set(NOW);
  return aBookableDoctor(server, service);
};

// Mondays at 09:00 in Berlin, where clocks go forward on 2027-03-28.
const MONDAYS = ['2027-03-22T08:00', '2027-03-29T07:00', '2027-04-05T07:00', '2027-04-12T07:00'].map(
  (start) => `${start}:00.000Z`,
);
const [FIRST = '', SECOND = '', THIRD = '', FOURTH = ''] = MONDAYS;
const later = (instant: string, minutes: number) =>
  new Date(Date.parse(instant) + minutes * 60_000).toISOString();

const bookSeries = ({ patient, doctorId, serviceId }: Bookable, more: object = {}, headers = {}) =>
  patient.api.post(
    '/appointments/series',
    { doctorId, serviceId, startsAt: FIRST, recurrence: 'FREQ=WEEKLY;COUNT=4', ...more },
    headers,
  );
const book = ({ patient, doctorId, serviceId }: Bookable, startsAt: string) =>
  patient.api.post('/appointments', { doctorId, serviceId, startsAt });
const series = async (here: Bookable, more: object = {}) =>
  expectStatus(await bookSeries(here, more), 201).body;

type Visit = { id: string; startsAt: string; localStart: string; status: string };
const startsOf = (visits: readonly Visit[]) => visits.map(({ startsAt }) => startsAt);
const visitsOf = async ({ patient }: Bookable): Promise<Visit[]> =>
  expectStatus(await patient.api.get('/appointments?limit=100'), 200).body.data;
const isFree = async (here: Bookable, startsAt: string): Promise<boolean> => {
  const { patient, doctorId, serviceId } = here;
  const query = `serviceId=${serviceId}&from=${startsAt}&to=${later(startsAt, 5)}`;
  const { body } = expectStatus(await patient.api.get(`/doctors/${doctorId}/slots?${query}`), 200);
  return body.data.length === 1;
};
const failure = ({ status, body }: Answer) => [status, body.code, body.occurrence];

describe('POST /appointments/series', () => {
  test('201: books the same local time in every week, also after clocks go forward', async () => {
    const here = await bookable();
    const { status, body, headers } = await bookSeries(here, { reason: 'Physiotherapy' });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/api/v1/appointments/series/${body.id}`);
    expect(body.skipped).toEqual([]);
    expect(startsOf(body.created)).toEqual(MONDAYS);
    for (const [index, visit] of body.created.entries()) {
      expect(visit).toMatchObject({
        reason: 'Physiotherapy',
        status: 'confirmed',
        series: { id: body.id, index },
      });
      expect(visit.localStart.slice(11)).toBe('09:00');
      expect((await here.patient.api.get(`/appointments/${visit.id}`)).body).toEqual(visit);
      expect(await isFree(here, visit.startsAt)).toBe(false);
    }
    const { body: history } = await here.patient.api.get(`/appointments/${body.created[3].id}/history`);
    expect(history.data).toMatchObject([{ action: 'booked', toStartsAt: FOURTH }]);
  });

  test('fail books nothing where one time is taken, and says which', async () => {
    const here = await bookable();
    const other = await another(here);
    expectStatus(await book(other, THIRD), 201);
    const answer = await bookSeries(here);
    expect(failure(answer)).toEqual([409, 'slot_taken', THIRD]);
    expect(answer.body.alternatives).toHaveLength(3);
    expect(await visitsOf(here)).toEqual([]);
    for (const start of [FIRST, SECOND, FOURTH]) expect(await isFree(here, start)).toBe(true);
  });

  test('skip books the rest, and lists what it left out and why', async () => {
    const here = await bookable();
    const elsewhere = { ...here, doctorId: await here.clinic.doctor([here.serviceId]) };
    expectStatus(await book(elsewhere, SECOND), 201);
    expectStatus(await book(await another(here), THIRD), 201);
    await here.clinic.settings({ horizonDays: 27 });
    const { id, created, skipped } = await series(here, { onConflict: 'skip' });
    expect(skipped).toEqual([
      { startsAt: SECOND, code: 'patient_busy' },
      { startsAt: THIRD, code: 'slot_taken' },
      { startsAt: FOURTH, code: 'beyond_horizon' },
    ]);
    expect(created).toMatchObject([{ startsAt: FIRST, series: { id, index: 0 } }]);
    expect(await isFree(here, SECOND)).toBe(true);
  });

  test('skip leaves out days on which the doctor does not work', async () => {
    const here = await bookable();
    const vacation = { startDate: '2027-04-05', endDate: '2027-04-05', kind: 'unavailable' };
    const path = `/doctors/${here.doctorId}/availability/overrides`;
    expectStatus(await here.clinic.admin.api.post(path, vacation), 201);
    const { created, skipped } = await series(here, { onConflict: 'skip' });
    expect(skipped).toEqual([{ startsAt: THIRD, code: 'outside_availability' }]);
    expect(created.map(({ series: place }: { series: { index: number } }) => place.index)).toEqual([0, 1, 3]);
  });

  test('skip leaves nothing behind of a shared visit for which the patient was busy', async () => {
    const here = await bookable({ capacity: 2 });
    const elsewhere = { ...here, doctorId: await here.clinic.doctor([here.serviceId]) };
    expectStatus(await book(elsewhere, SECOND), 201);
    const { skipped } = await series(here, { onConflict: 'skip' });
    expect(skipped).toEqual([{ startsAt: SECOND, code: 'patient_busy' }]);
    const otherService = await here.clinic.service({ name: 'Other' });
    const services = { serviceIds: [here.serviceId, otherService] };
    expectStatus(await here.clinic.admin.api.patch(`/doctors/${here.doctorId}`, services), 200);
    const other = { ...(await another(here)), serviceId: otherService };
    expect(await isFree(other, FIRST)).toBe(false);
    expect(await isFree(other, SECOND)).toBe(true);
    expectStatus(await book(other, SECOND), 201);
  });

  test('skip stops at the number of visits that the clinic allows', async () => {
    const here = await bookable();
    await here.clinic.settings({ maxActiveAppointmentsPerPatient: 2 });
    const { created, skipped } = await series(here, { onConflict: 'skip' });
    expect(startsOf(created)).toEqual([FIRST, SECOND]);
    expect(skipped.map(({ code }: { code: string }) => code)).toEqual([
      'appointment_limit_reached',
      'appointment_limit_reached',
    ]);
  });

  test('skip does not hide that there is no such service or location', async () => {
    const here = await bookable();
    const serviceId = '01989f6e-6c3a-7cc1-9d57-0f3b8f8f7c1e';
    expect((await bookSeries(here, { serviceId, onConflict: 'skip' })).body.code).toBe('service_not_found');
    const locationId = serviceId;
    expect((await bookSeries(here, { locationId, onConflict: 'skip' })).body.code).toBe('location_not_found');
    expect(await visitsOf(here)).toEqual([]);
  });

  test.each([
    ['FREQ=WEEKLY;COUNT=53'],
    ['FREQ=DAILY;UNTIL=20280101'],
    ['FREQ=WEEKLY'],
    ['FREQ=YEARLY;COUNT=2'],
    ['FREQ=WEEKLY;BYDAY=TU;COUNT=2'],
    ['every Monday'],
  ])('422 validation_failed for %s, which points to the recurrence', async (recurrence) => {
    const { status, body } = await bookSeries(await bookable(), { recurrence });
    expect([status, body.code, body.errors[0].pointer]).toEqual([422, 'validation_failed', '/recurrence']);
  });

  test('422: takes neither a hold nor an override', async () => {
    const { body } = await bookSeries(await bookable(), { holdId: 'x', override: { reason: 'x' } });
    const pointers = body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers).toEqual(['/holdId', '/override']);
  });

  test('52 visits are booked by staff in one answer', async () => {
    const { clinic, patient, doctorId, serviceId } = await bookable();
    const request = { doctorId, serviceId, startsAt: FIRST, patientId: patient.patientId };
    const answer = await clinic.admin.api.post('/appointments/series', {
      ...request,
      recurrence: 'FREQ=WEEKLY;COUNT=52',
    });
    expect(expectStatus(answer, 201).body.created).toHaveLength(52);
  });

  test('the same Idempotency-Key books once and answers the same again', async () => {
    const here = await bookable();
    const key = { 'Idempotency-Key': 'once' };
    const first = expectStatus(await bookSeries(here, {}, key), 201);
    const again = await bookSeries(here, {}, key);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(again.body).toEqual(first.body);
    expect(await visitsOf(here)).toHaveLength(4);
  });

  test('of 5 series at once for the same times, one is booked', async () => {
    const here = await bookable();
    const others = await Promise.all(Array.from({ length: 5 }, () => another(here)));
    const answers = await Promise.all(others.map((other) => bookSeries(other)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'slot_taken')).toHaveLength(4);
  });
});

describe('GET /appointments/series/:id', () => {
  test('shows the rule and its appointments; a single visit belongs to none', async () => {
    const here = await bookable();
    const { id, created } = await series(here);
    const { body } = expectStatus(await here.patient.api.get(`/appointments/series/${id}`), 200);
    expect(body).toMatchObject({ id, recurrence: 'FREQ=WEEKLY;COUNT=4', startsAt: FIRST });
    expect(body.appointments).toEqual(created);
    const single = expectStatus(await book(here, later(FIRST, 30)), 201).body;
    expect(single.series).toBeNull();
  });

  test('404: another patient’s series cannot be seen, changed or cancelled', async () => {
    const here = await bookable();
    const path = `/appointments/series/${(await series(here)).id}`;
    const { api } = await here.clinic.patient();
    for (const answer of [await api.get(path), await api.put(path, { from: NOW }), await api.delete(path)]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'series_not_found']);
    }
    const elsewhere = await bookable();
    expect((await elsewhere.clinic.admin.api.get(path)).status).toBe(404);
  });
});

describe('the version of a series', () => {
  test('grows with every change of a visit, and guards PUT and DELETE', async () => {
    const here = await bookable();
    const { id, created, version } = await series(here);
    expect(version).toBe(1);
    const path = `/appointments/series/${id}`;
    expect((await here.patient.api.get(path)).headers.get('etag')).toBe('"1"');
    expectStatus(await here.patient.api.put(`/appointments/${created[1].id}`, { reason: 'Knee' }), 200);
    expect((await here.patient.api.get(path)).body.version).toBe(2);
    const stale = { 'If-Match': '"1"' };
    for (const answer of [
      await here.patient.api.put(path, { from: THIRD, reason: 'Hip' }, stale),
      await here.patient.api.delete(path, undefined, stale),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([412, 'version_conflict']);
    }
    const changed = await here.patient.api.put(path, { from: THIRD, reason: 'Hip' }, { 'If-Match': '"2"' });
    expect(expectStatus(changed, 200).body.version).toBe(4);
    const ended = await here.patient.api.delete(path, undefined, { 'If-Match': '"4"' });
    expect(expectStatus(ended, 200).body).toMatchObject({ version: 8, kept: [] });
  });
});

describe('GET /appointments/series', () => {
  const idsOf = ({ body }: Answer): string[] => body.data.map(({ id }: { id: string }) => id);

  test('lists the own ones of a patient, page by page', async () => {
    const here = await bookable();
    const [first, second] = [
      await series(here),
      await series(here, { startsAt: later(FIRST, 30), recurrence: 'FREQ=DAILY;COUNT=2' }),
    ];
    await series(await another(here), { startsAt: later(FIRST, 60) });
    const { api } = here.patient;
    const page = expectStatus(await api.get('/appointments/series?limit=1'), 200);
    expect(page.body.data).toMatchObject([
      {
        id: first.id,
        doctorId: here.doctorId,
        recurrence: 'FREQ=WEEKLY;COUNT=4',
        startsAt: FIRST,
        version: 1,
      },
    ]);
    const next = await api.get(`/appointments/series?cursor=${page.body.nextCursor}`);
    expect([idsOf(next), next.body.nextCursor]).toEqual([[second.id], null]);
  });

  test('of a doctor are those of the own calendar, and those with a visit that was moved there', async () => {
    const here = await bookable();
    const user = await here.clinic.staff('doctor');
    const colleagueId = await here.clinic.doctor([here.serviceId], { userId: user.userId });
    const { id } = await series(here);
    const { api } = here.clinic.admin;
    const colleague = (await here.clinic.logIn(user)).api;
    expect(idsOf(await colleague.get('/appointments/series'))).toEqual([]);
    const moved = { from: FOURTH, doctorId: colleagueId };
    expectStatus(await api.put(`/appointments/series/${id}`, moved), 200);
    expect(idsOf(await colleague.get('/appointments/series'))).toEqual([id]);
    expect(idsOf(await api.get(`/appointments/series?doctorId=${colleagueId}`))).toEqual([id]);
    expect(idsOf(await api.get(`/appointments/series?patientId=${colleagueId}`))).toEqual([]);
  });
});

describe('DELETE /appointments/series/:id', () => {
  test('cancels this and all following, whose time is free at once', async () => {
    const here = await bookable();
    const { id, created } = await series(here);
    const path = `/appointments/series/${id}`;
    const { status, body } = await here.patient.api.delete(`${path}?from=${THIRD}`, { reason: 'Well again' });
    expect([status, body.id, body.kept]).toEqual([200, id, []]);
    expect(body.cancelled).toMatchObject([
      { id: created[2].id, status: 'cancelled', cancellation: { reason: 'Well again' } },
      { id: created[3].id, status: 'cancelled' },
    ]);
    expect(await isFree(here, SECOND)).toBe(false);
    expect(await isFree(here, THIRD)).toBe(true);
    const again = expectStatus(await here.patient.api.delete(path), 200).body;
    expect(startsOf(again.cancelled)).toEqual([FIRST, SECOND]);
  });

  test('keeps the visits for which the patient is too late, and says so; staff may cancel them', async () => {
    const here = await bookable();
    const { id, created } = await series(here);
    await here.clinic.settings({ cancellationNoticeMinutes: 10 * 24 * 60 });
    const path = `/appointments/series/${id}`;
    const { body } = expectStatus(await here.patient.api.delete(path), 200);
    expect(body.kept).toEqual([{ id: created[0].id, code: 'notice_too_short' }]);
    expect(startsOf(body.cancelled)).toEqual([SECOND, THIRD, FOURTH]);
    expect(startsOf(expectStatus(await here.clinic.admin.api.delete(path), 200).body.cancelled)).toEqual([
      FIRST,
    ]);
  });
});

describe('PUT /appointments/series/:id', () => {
  const put = ({ patient }: Bookable, id: string, body: object) =>
    patient.api.put(`/appointments/series/${id}`, body);

  test('moves this and all following as far on the wall clock, onto times of its own as well', async () => {
    const here = await bookable();
    const { id } = await series(here);
    // From the second Monday on, a week later and an hour later: each lands where the next one was.
    const { status, body } = await put(here, id, { from: SECOND, startsAt: later(THIRD, 60) });
    expect(status).toBe(200);
    expect(body.appointments.map(({ localStart }: Visit) => localStart)).toEqual([
      '2027-03-22T09:00',
      '2027-04-05T10:00',
      '2027-04-12T10:00',
      '2027-04-19T10:00',
    ]);
    const back = expectStatus(await put(here, id, { from: SECOND, startsAt: THIRD }), 200);
    expect(startsOf(back.body.appointments)).toEqual([FIRST, THIRD, FOURTH, '2027-04-19T07:00:00.000Z']);
    expect(await isFree(here, SECOND)).toBe(true);
  });

  test('keeps the local time when it crosses the night in which clocks go forward', async () => {
    const here = await bookable();
    const { id } = await series(here);
    const { body } = expectStatus(await put(here, id, { from: NOW, startsAt: later(FIRST, 30) }), 200);
    expect(startsOf(body.appointments)).toEqual(MONDAYS.map((start) => later(start, 30)));
  });

  test('moves all or none: the problem says which time cannot be had', async () => {
    const here = await bookable();
    const { id, created } = await series(here);
    expectStatus(await book(await another(here), later(THIRD, 30)), 201);
    const answer = await put(here, id, { from: FIRST, startsAt: later(FIRST, 30) });
    expect(failure(answer)).toEqual([409, 'slot_taken', later(THIRD, 30)]);
    expect((await here.patient.api.get(`/appointments/series/${id}`)).body.appointments).toEqual(created);
    expect(await isFree(here, FIRST)).toBe(false);
  });

  test('gives the visits to another doctor, and changes words without a move', async () => {
    const here = await bookable();
    const { id } = await series(here);
    const doctorId = await here.clinic.doctor([here.serviceId]);
    const moved = expectStatus(await put(here, id, { from: THIRD, doctorId }), 200).body.appointments;
    expect(moved.map((visit: { doctorId: string }) => visit.doctorId === doctorId)).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(startsOf(moved)).toEqual(MONDAYS);
    const { body } = expectStatus(await put(here, id, { from: FOURTH, reason: 'Last' }), 200);
    expect(body.appointments).toMatchObject([{ version: 1 }, { version: 1 }, { version: 2 }, { version: 3 }]);
    expect(body.appointments[3].reason).toBe('Last');
  });

  test('moves shared visits with their seats', async () => {
    const here = await bookable({ capacity: 2 });
    const { id } = await series(here);
    const { body } = expectStatus(await put(here, id, { from: FIRST, startsAt: SECOND }), 200);
    expect(startsOf(body.appointments)).toEqual([SECOND, THIRD, FOURTH, '2027-04-19T07:00:00.000Z']);
    expectStatus(await bookSeries(await another(here), { onConflict: 'fail' }), 201);
    const third = await bookSeries(await another(here), { onConflict: 'skip' });
    expect(third.body.skipped).toMatchObject([
      { startsAt: SECOND },
      { startsAt: THIRD },
      { startsAt: FOURTH },
    ]);
  });

  test('409 invalid_transition where nothing is left to change', async () => {
    const here = await bookable();
    const { id } = await series(here);
    const answer = await put(here, id, { from: later(FOURTH, 5), startsAt: later(FOURTH, 30) });
    expect([answer.status, answer.body.code]).toEqual([409, 'invalid_transition']);
  });

  test('moves a visit that the clock change had pushed forward back with the others', async () => {
    server.clock.set(NOW);
    const clinic = await aClinic(server);
    const serviceId = await clinic.service();
    const rules = [1, 2, 3, 4, 5, 6, 7].map((dayOfWeek) => ({
      dayOfWeek,
      startTime: '00:00',
      endTime: '06:00',
    }));
    const doctorId = await clinic.doctor([serviceId], { rules });
    const here = { clinic, serviceId, doctorId, patient: await clinic.patient() };
    const night = { startsAt: '2027-03-27T01:30:00.000Z', recurrence: 'FREQ=DAILY;COUNT=3' };
    const { id, created } = await series(here, night);
    const local = (visits: readonly Visit[]) => visits.map(({ localStart }) => localStart.slice(8));
    expect(local(created)).toEqual(['27T02:30', '28T03:30', '29T02:30']);
    const moved = await put(here, id, { from: NOW, startsAt: '2027-03-27T00:30:00Z' });
    expect(local(expectStatus(moved, 200).body.appointments)).toEqual(['27T01:30', '28T01:30', '29T01:30']);
  });
});
