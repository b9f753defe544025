import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../src/shared/types/id.ts';
import { aBookableDoctor, type BookableDoctor as Bookable } from './support/bookable.ts';
import { aClinic, expectStatus } from './support/clinic.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const bookable = (service?: object): Promise<Bookable> => aBookableDoctor(server, service);

const MONDAY_9 = '2027-03-22T08:00:00.000Z'; // 09:00 in Berlin
const MONDAY_930 = '2027-03-22T08:30:00.000Z';
const slotsOn = '&from=2027-03-22T00:00:00Z&to=2027-03-23T00:00:00Z';

const startsOf = async ({ patient, doctorId, serviceId }: Bookable, more = '') => {
  const answer = await patient.api.get(`/doctors/${doctorId}/slots?serviceId=${serviceId}${slotsOn}${more}`);
  return expectStatus(answer, 200).body.data.map(({ startsAt }: { startsAt: string }) =>
    startsAt.slice(11, 16),
  );
};

const book = ({ patient, doctorId, serviceId }: Bookable, startsAt: string, more: object = {}) =>
  patient.api.post('/appointments', { doctorId, serviceId, startsAt, ...more });

describe('GET /doctors/:id/slots', () => {
  test('offers the working time of a Monday in Berlin in steps of the service', async () => {
    expect(await startsOf(await bookable())).toEqual(['08:00', '08:30', '09:00', '09:30', '10:00', '10:30']);
  });

  test('adds up the buffers of neighbours', async () => {
    const here = await bookable({ bufferAfterMinutes: 10 });
    expectStatus(await book(here, MONDAY_930), 201);
    expect(await startsOf(here)).toEqual(['09:30', '10:00', '10:30']);
  });

  test('does not let an appointment block its own move', async () => {
    const here = await bookable();
    const { id } = expectStatus(await book(here, MONDAY_930), 201).body;
    expect(await startsOf(here)).not.toContain('08:30');
    expect(await startsOf(here, `&rescheduleOf=${id}`)).toContain('08:30');
  });

  test('answers 304 to the ETag of an unchanged calendar, and 200 after a booking', async () => {
    const here = await bookable();
    const path = `/doctors/${here.doctorId}/slots?serviceId=${here.serviceId}${slotsOn}`;
    const etag = (await here.patient.api.get(path)).headers.get('etag') ?? '';
    expect((await here.patient.api.get(path, { 'If-None-Match': etag })).status).toBe(304);
    expectStatus(await book(here, MONDAY_9), 201);
    expect((await here.patient.api.get(path, { 'If-None-Match': etag })).status).toBe(200);
  });

  test('follows the clock through the night in which it is put forward', async () => {
    const clinic = await aClinic(server);
    const serviceId = await clinic.service({ durationMinutes: 60 });
    const rules = [{ dayOfWeek: 7, startTime: '01:00', endTime: '04:00' }];
    const doctorId = await clinic.doctor([serviceId], { rules });
    const patient = await clinic.patient();
    const { body } = await patient.api.get(
      `/doctors/${doctorId}/slots?serviceId=${serviceId}&from=2027-03-27T12:00:00Z&to=2027-03-28T12:00:00Z`,
    );
    expect(body.data.map(({ startsAt }: { startsAt: string }) => startsAt)).toEqual([
      '2027-03-28T00:00:00.000Z',
      '2027-03-28T01:00:00.000Z',
    ]);
  });

  test('refuses a window of more than 62 days, with a pointer', async () => {
    const { patient, doctorId, serviceId } = await bookable();
    const { status, body } = await patient.api.get(
      `/doctors/${doctorId}/slots?serviceId=${serviceId}&from=2027-03-01T00:00:00Z&to=2027-05-03T00:00:00Z`,
    );
    expect([status, body.code, body.errors[0].pointer]).toEqual([422, 'validation_failed', '/query/to']);
  });
});

describe('GET /slots', () => {
  test('pages through the next free slots across doctors, earliest first, without a gap or a repetition', async () => {
    const { clinic, patient, serviceId } = await bookable();
    await clinic.doctor([serviceId]);
    const path = `/slots?serviceId=${serviceId}${slotsOn}`;
    const all = expectStatus(await patient.api.get(`${path}&limit=100`), 200).body.data;
    expect(all).toHaveLength(12);
    const paged: object[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = expectStatus(
        await patient.api.get(`${path}&limit=5${cursor && `&cursor=${cursor}`}`),
        200,
      );
      paged.push(...body.data);
      cursor = body.nextCursor;
    }
    expect(paged).toEqual(all);
  });

  test('finds whoever is free first among more doctors than are read at once, with every filter', async () => {
    const clinic = await aClinic(server);
    const { api } = clinic.admin;
    const place = { name: 'Branch', address: 'Main Street 1', timezone: 'Europe/Berlin' };
    const locationId = expectStatus(await api.post('/locations', place), 201).body.id;
    const services = await Promise.all(Array.from({ length: 70 }, () => clinic.service()));
    const aDoctor = async (hour: string, more: object = {}, at: object = {}) => {
      const profile = { firstName: 'Ada', lastName: 'Berger', serviceIds: services, ...more };
      const { id } = expectStatus(await api.post('/doctors', profile), 201).body;
      const rules = [{ dayOfWeek: 1, startTime: `${hour}:00`, endTime: `${hour}:30`, ...at }];
      const hours = { timezone: 'Europe/Berlin', rules };
      expectStatus(await api.put(`/doctors/${id}/availability`, hours), 200);
      return id;
    };
    const heart = { specializations: ['cardiology'] };
    const [eleven, ten, nine, eight] = [
      await aDoctor('11', { ...heart, languages: ['fr'] }),
      await aDoctor('10', heart, { locationId }),
      await aDoctor('09', heart),
      await aDoctor('08', heart),
    ];
    const doctorsOf = async (filter: string): Promise<string[]> => {
      const { body } = expectStatus(await api.get(`/slots?${filter}${slotsOn}`), 200);
      return body.data.map(({ doctorId }: { doctorId: string }) => doctorId);
    };
    expect(await doctorsOf(`serviceId=${services[0]}`)).toEqual([eight, nine, ten, eleven]);
    expect(await doctorsOf('specialization=cardiology&limit=100')).toEqual([
      ...Array(70).fill(eight),
      ...Array(30).fill(nine),
    ]);
    expect(await doctorsOf(`serviceId=${services[69]}&language=fr`)).toEqual([eleven]);
    expect(await doctorsOf(`serviceId=${services[69]}&locationId=${locationId}`)).toEqual([ten]);
    const seen = new Set<string>();
    let pages = 0;
    for (let cursor: string | null = ''; cursor !== null; pages++) {
      const page = `/slots?specialization=cardiology&limit=100${slotsOn}${cursor && `&cursor=${cursor}`}`;
      const { body }: { body: any } = expectStatus(await api.get(page), 200);
      for (const slot of body.data) seen.add(`${slot.doctorId} ${slot.serviceId}`);
      cursor = body.nextCursor;
    }
    expect([seen.size, pages]).toEqual([280, 3]);
  });

  test('answers 304 to its ETag until a booking or a closure changes what is free', async () => {
    const here = await bookable();
    const path = `/slots?serviceId=${here.serviceId}${slotsOn}`;
    const ask = async (etag = '') => here.patient.api.get(path, { 'If-None-Match': etag });
    const tags: string[] = [];
    const changed = async () => {
      const answer = expectStatus(await ask(tags.at(-1)), 200);
      const etag = answer.headers.get('etag') ?? '';
      expect((await ask(etag)).status).toBe(304);
      expect(tags).not.toContain(etag);
      tags.push(etag);
    };
    await changed();
    expectStatus(await book(here, MONDAY_9), 201);
    await changed();
    const closure = { name: 'Flood', startDate: '2027-03-22', endDate: '2027-03-22' };
    expectStatus(await here.clinic.admin.api.post('/closures', closure), 201);
    await changed();
  });
});

describe('GET /doctors/:id/slots/explain', () => {
  const reasonsFor = async ({ clinic, doctorId, serviceId }: Bookable, at: string): Promise<string[]> => {
    const path = `/doctors/${doctorId}/slots/explain?serviceId=${serviceId}&at=${at}`;
    const { body } = expectStatus(await clinic.admin.api.get(path), 200);
    expect(body.bookable).toBe(body.reasons.length === 0);
    return body.reasons.map(({ code }: { code: string }) => code);
  };

  test('gives every reason against a start, also where six things are wrong at once', async () => {
    const here = await bookable({ durationMinutes: 60 });
    await here.clinic.settings({ minNoticeMinutes: 14 * 24 * 60, slotIntervalMinutes: 60 });
    const { api } = here.clinic.admin;
    const taken = { doctorId: here.doctorId, serviceId: here.serviceId, patientId: here.patient.patientId };
    expectStatus(await api.post('/appointments', { ...taken, startsAt: MONDAY_9 }), 201);
    const wrong = { active: false, bookableByPatients: false };
    expectStatus(await api.patch(`/services/${here.serviceId}`, wrong), 200);
    expect(await reasonsFor(here, '2027-03-22T08:32:00Z')).toEqual([
      'service_not_offered',
      'not_for_patients',
      'off_grain',
      'notice_too_short',
      'off_grid',
      'busy',
    ]);
    expectStatus(
      await api.patch(`/services/${here.serviceId}`, { active: true, bookableByPatients: true }),
      200,
    );
    await here.clinic.settings({ minNoticeMinutes: 0 });
    expect(await reasonsFor(here, '2027-03-22T09:00:00Z')).toEqual([]);
    expect(await reasonsFor(here, '2027-03-22T20:01:00Z')).toEqual(['off_grain', 'outside_working_time']);
    expect(await reasonsFor(here, '2027-09-22T20:00:00Z')).toEqual([
      'beyond_horizon',
      'outside_working_time',
    ]);
    const day = { startDate: '2027-03-22', endDate: '2027-03-22' };
    expectStatus(await api.post('/closures', { name: 'Flood', ...day }), 201);
    const override = { ...day, kind: 'unavailable' };
    expectStatus(await api.post(`/doctors/${here.doctorId}/availability/overrides`, override), 201);
    expect(await reasonsFor(here, '2027-03-22T09:00:00Z')).toEqual([
      'outside_working_time',
      'closed',
      'other_hours',
    ]);
  });
});

describe('POST /appointments', () => {
  test('201: confirms at once, keeps the wall clock, and takes the slot away', async () => {
    const here = await bookable();
    const { status, body, headers } = await book(here, MONDAY_9, { reason: 'Cough' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      patientId: here.patient.patientId,
      startsAt: MONDAY_9,
      endsAt: MONDAY_930,
      timezone: 'Europe/Berlin',
      localStart: '2027-03-22T09:00',
      status: 'confirmed',
      version: 1,
    });
    expect(headers.get('etag')).toBe('"1"');
    expect(headers.get('location')).toBe(`/api/v1/appointments/${body.id}`);
    expect(await startsOf(here)).not.toContain('08:00');
  });

  test('201: is pending where the service requires confirmation', async () => {
    const here = await bookable({ requiresConfirmation: true });
    expect((await book(here, MONDAY_9)).body.status).toBe('pending');
  });

  test('409 slot_taken names the nearest three alternatives', async () => {
    const here = await bookable();
    expectStatus(await book(here, MONDAY_930), 201);
    const { status, body } = await book({ ...here, patient: await here.clinic.patient() }, MONDAY_930);
    expect([status, body.code]).toEqual([409, 'slot_taken']);
    expect(body.alternatives.map(({ startsAt }: { startsAt: string }) => startsAt.slice(11, 16))).toEqual([
      '08:00',
      '09:00',
      '09:30',
    ]);
  });

  test('409 patient_busy: nobody sits with two doctors at once', async () => {
    const here = await bookable();
    expectStatus(await book(here, MONDAY_9), 201);
    const other = { ...here, doctorId: await here.clinic.doctor([here.serviceId]) };
    expect((await book(other, MONDAY_9)).body.code).toBe('patient_busy');
  });

  test.each([
    ['outside working time', '2027-03-22T13:00:00Z', 'outside_availability'],
    ['off the grid', '2027-03-22T08:10:00Z', 'outside_availability'],
    ['in less than the notice', '2027-03-15T08:30:00Z', 'notice_too_short'],
    ['behind the horizon', '2027-09-20T07:00:00Z', 'beyond_horizon'],
  ])('422: refuses a patient a start %s', async (_case, startsAt, code) => {
    const { status, body } = await book(await bookable(), startsAt);
    expect([status, body.code]).toEqual([422, code]);
  });

  test('staff take any start on the grain inside working time', async () => {
    const { clinic, patient, doctorId, serviceId } = await bookable();
    const request = { doctorId, serviceId, patientId: patient.patientId, startsAt: '2027-03-22T08:10:00Z' };
    const receptionist = await clinic.staff('receptionist');
    expect((await receptionist.api.post('/appointments', request)).status).toBe(201);
  });

  test('404: a patient cannot book for somebody else', async () => {
    const here = await bookable();
    const other = await here.clinic.patient();
    expect((await book(here, MONDAY_9, { patientId: other.patientId })).body.code).toBe('patient_not_found');
  });

  test('the same Idempotency-Key books once and answers the same again', async () => {
    const { patient, doctorId, serviceId } = await bookable();
    const request = { doctorId, serviceId, startsAt: MONDAY_9 };
    const key = { 'Idempotency-Key': 'once' };
    const first = await patient.api.post('/appointments', request, key);
    const again = await patient.api.post('/appointments', request, key);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(again.body).toEqual(first.body);
    const other = await patient.api.post('/appointments', { ...request, startsAt: MONDAY_930 }, key);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
  });

  test('of many requests with one Idempotency-Key, one books and none fails otherwise than with in progress', async () => {
    const { patient, doctorId, serviceId } = await bookable();
    const request = { doctorId, serviceId, startsAt: MONDAY_9 };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        patient.api.post('/appointments', request, { 'Idempotency-Key': 'k' }),
      ),
    );
    const booked = answers.filter(({ status }) => status === 201);
    expect(new Set(booked.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ status }) => status !== 201).map(({ body }) => body.code)).toEqual(
      answers.filter(({ status }) => status !== 201).map(() => 'idempotency_in_progress'),
    );
  });
});

describe('a race', () => {
  test('goes on behind one who fails: the time is had by the next whose booking is good', async () => {
    const here = await bookable();
    const { api } = here.clinic.admin;
    const bookFor = (patientId: string) =>
      api.post('/appointments', {
        patientId,
        doctorId: here.doctorId,
        serviceId: here.serviceId,
        startsAt: MONDAY_9,
      });
    const ids = [newId(), newId(), here.patient.patientId, (await here.clinic.patient()).patientId];
    const answers = await Promise.all(ids.map(bookFor));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 404, 404, 409]);
  });

  test('of 50 bookings for one slot gives one 201, and 49 times slot_taken with what is free instead', async () => {
    const here = await bookable();
    const others = await Promise.all(Array.from({ length: 49 }, () => here.clinic.patient()));
    const answers = await Promise.all(
      [here.patient, ...others].map((patient) => book({ ...here, patient }, MONDAY_9)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const losers = answers.filter(({ body }) => body.code === 'slot_taken');
    expect(losers).toHaveLength(49);
    const free = await startsOf(here);
    for (const { body } of losers) {
      const offered = body.alternatives.map(({ startsAt }: { startsAt: string }) => startsAt.slice(11, 16));
      expect(offered).toEqual(free.slice(0, 3));
    }
  });

  test('of 50 bookings for staggered, overlapping starts gives one 201, and a refusal to all others', async () => {
    const { clinic, doctorId, serviceId } = await bookable({ durationMinutes: 60 });
    const { patientId } = await clinic.patient();
    const others = await Promise.all(Array.from({ length: 49 }, () => clinic.patient()));
    const patientIds = [patientId, ...others.map((other) => other.patientId)];
    const answers = await Promise.all(
      patientIds.map((id, i) => {
        const startsAt = new Date(Date.parse(MONDAY_9) + (i % 11) * 5 * 60_000).toISOString();
        return clinic.admin.api.post('/appointments', { doctorId, serviceId, startsAt, patientId: id });
      }),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'slot_taken')).toHaveLength(49);
  });
});

describe('PUT /appointments/:id', () => {
  test('moves at once: the old time is free, the new one taken', async () => {
    const here = await bookable();
    const { id } = expectStatus(await book(here, MONDAY_9), 201).body;
    const moved = await here.patient.api.put(`/appointments/${id}`, { startsAt: MONDAY_930 });
    expect([moved.status, moved.body.version, moved.body.localStart]).toEqual([200, 2, '2027-03-22T09:30']);
    const starts = await startsOf(here);
    expect(starts).toContain('08:00');
    expect(starts).not.toContain('08:30');
  });

  test('that changes nothing makes no new version and no history', async () => {
    const here = await bookable();
    const { body } = expectStatus(await book(here, MONDAY_9), 201);
    const { api } = here.patient;
    for (const same of [{}, { startsAt: MONDAY_9, reason: null }])
      expect(expectStatus(await api.put(`/appointments/${body.id}`, same), 200).body).toEqual(body);
    expect((await api.get(`/appointments/${body.id}/history`)).body.data).toHaveLength(1);
  });

  test('409: a move to a taken time leaves everything as it was', async () => {
    const here = await bookable();
    const { id } = expectStatus(await book(here, MONDAY_9), 201).body;
    expectStatus(await book({ ...here, patient: await here.clinic.patient() }, MONDAY_930), 201);
    expect((await here.patient.api.put(`/appointments/${id}`, { startsAt: MONDAY_930 })).body.code).toBe(
      'slot_taken',
    );
    expect((await here.patient.api.get(`/appointments/${id}`)).body).toMatchObject({
      startsAt: MONDAY_9,
      version: 1,
    });
    expect(await startsOf(here)).not.toContain('08:00');
  });

  test('412 version_conflict: a stale If-Match changes nothing', async () => {
    const here = await bookable();
    const { id } = expectStatus(await book(here, MONDAY_9), 201).body;
    expectStatus(
      await here.patient.api.put(`/appointments/${id}`, { reason: 'New' }, { 'If-Match': '"1"' }),
      200,
    );
    const stale = await here.patient.api.put(`/appointments/${id}`, { reason: 'Old' }, { 'If-Match': '"1"' });
    expect([stale.status, stale.body.code]).toEqual([412, 'version_conflict']);
    expect((await here.patient.api.get(`/appointments/${id}`)).body.reason).toBe('New');
  });
});

describe('DELETE /appointments/:id', () => {
  test('frees exactly what was booked, and says who, when and why', async () => {
    const here = await bookable();
    const before = await startsOf(here);
    const { id } = expectStatus(await book(here, MONDAY_9), 201).body;
    const { status, body } = await here.patient.api.delete(`/appointments/${id}`, { reason: 'Feeling well' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'cancelled',
      cancellation: { cancelledBy: here.patient.userId, reason: 'Feeling well' },
    });
    expect(await startsOf(here)).toEqual(before);
  });

  test('409 invalid_transition: what is cancelled stays cancelled', async () => {
    const here = await bookable();
    const { id } = expectStatus(await book(here, MONDAY_9), 201).body;
    expectStatus(await here.patient.api.delete(`/appointments/${id}`), 200);
    expect((await here.patient.api.delete(`/appointments/${id}`)).body.code).toBe('invalid_transition');
  });
});

describe('an appointment through its life', () => {
  test('is confirmed, checked in, started and completed, each step in its history', async () => {
    const here = await bookable({ requiresConfirmation: true });
    const { id } = expectStatus(await book(here, MONDAY_9), 201).body;
    for (const step of ['confirm', 'check-in', 'start', 'complete']) {
      expectStatus(await here.clinic.admin.api.post(`/appointments/${id}/${step}`), 200);
    }
    expect((await here.clinic.admin.api.post(`/appointments/${id}/no-show`)).body.code).toBe(
      'invalid_transition',
    );
    const { body } = await here.clinic.admin.api.get(`/appointments/${id}/history`);
    expect(body.data.map(({ toStatus }: { toStatus: string }) => toStatus)).toEqual([
      'pending',
      'confirmed',
      'checked_in',
      'in_progress',
      'completed',
    ]);
  });
});

describe('GET /appointments', () => {
  test('a patient sees only the own ones; a stranger’s is 404', async () => {
    const here = await bookable();
    const { id } = expectStatus(await book(here, MONDAY_9), 201).body;
    const stranger = await here.clinic.patient();
    expect((await stranger.api.get('/appointments')).body.data).toEqual([]);
    expect((await stranger.api.get(`/appointments/${id}`)).body.code).toBe('appointment_not_found');
    expect((await here.patient.api.get('/appointments')).body.data).toHaveLength(1);
  });

  test('a doctor sees the own calendar and not a colleague’s', async () => {
    const { clinic, patient, serviceId } = await bookable();
    const [doctor, colleague] = [await clinic.staff('doctor'), await clinic.staff('doctor')];
    const doctorId = await clinic.doctor([serviceId], { userId: doctor.userId });
    await clinic.doctor([serviceId], { userId: colleague.userId });
    const { id } = expectStatus(await book({ clinic, patient, doctorId, serviceId }, MONDAY_9), 201).body;
    expect((await doctor.api.get(`/appointments/${id}`)).status).toBe(200);
    expect((await colleague.api.get(`/appointments/${id}`)).status).toBe(404);
  });

  test('pages by start without a gap or a repetition, also while others book', async () => {
    const here = await bookable();
    const starts = ['08:00', '08:30', '09:00', '09:30', '10:00'];
    for (const start of starts) expectStatus(await book(here, `2027-03-22T${start}:00Z`), 201);
    const first = (await here.patient.api.get('/appointments?limit=2')).body;
    expectStatus(await book(here, '2027-03-23T08:00:00Z'), 201);
    const second = (await here.patient.api.get(`/appointments?limit=100&cursor=${first.nextCursor}`)).body;
    const seen = [...first.data, ...second.data].map(({ startsAt }: { startsAt: string }) =>
      startsAt.slice(8, 16),
    );
    expect(seen).toEqual([...starts.map((start) => `22T${start}`), '23T08:00']);
  });

  test.each([['limit=0'], ['limit=101'], ['limit=ten'], ['cursor=made-up'], ['from=2027-03-22T08:00:00']])(
    '422 validation_failed for ?%s',
    async (query) => {
      const { clinic } = await bookable();
      const { status, body } = await clinic.admin.api.get(`/appointments?${query}`);
      expect([status, body.code, body.errors[0].pointer]).toEqual([
        422,
        'validation_failed',
        `/query/${query.split('=')[0] ?? ''}`,
      ]);
    },
  );
});

describe('a change of hours', () => {
  test('lists the appointments that it leaves outside, and cancels none', async () => {
    const here = await bookable();
    const { id } = expectStatus(await book(here, MONDAY_9), 201).body;
    const answer = await here.clinic.admin.api.post(`/doctors/${here.doctorId}/availability/overrides`, {
      startDate: '2027-03-22',
      endDate: '2027-03-22',
      kind: 'unavailable',
      reason: 'Training',
    });
    expect(expectStatus(answer, 201).body.affectedAppointments).toMatchObject([{ id, startsAt: MONDAY_9 }]);
    expect(await startsOf(here)).toEqual([]);
    expect((await here.patient.api.get(`/appointments/${id}`)).body.status).toBe('confirmed');
  });

  test('that races a booking never wins unseen: the booking is refused, or it is listed', async () => {
    for (let round = 0; round < 5; round++) {
      const here = await bookable();
      const [booking, override] = await Promise.all([
        book(here, MONDAY_9),
        here.clinic.admin.api.post(`/doctors/${here.doctorId}/availability/overrides`, {
          startDate: '2027-03-22',
          endDate: '2027-03-22',
          kind: 'unavailable',
        }),
      ]);
      const affected = expectStatus(override, 201).body.affectedAppointments.length;
      expect(booking.status === 201 ? affected : booking.body.code).toBe(
        booking.status === 201 ? 1 : 'outside_availability',
      );
    }
  });
});
