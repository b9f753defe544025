import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../src/shared/types/id.ts';
import { until } from '../src/shared/tests/until.ts';
import type { Answer } from './support/api.ts';
import { aClinic, type Clinic, expectStatus, type Patient, type Person } from './support/clinic.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

const NOW = '2027-03-15T08:00:00.000Z';
const MONDAY_9 = '2027-03-22T08:00:00.000Z';
const WEEK = { earliest: '2027-03-22T00:00:00Z', latest: '2027-03-29T00:00:00Z' };
const MONDAY = { earliest: '2027-03-22T00:00:00Z', latest: '2027-03-22T23:00:00Z' };

/** Two processes that share database and stream: what one does, the other may get to react to. */
let server: TestServer;
let twin: TestServer;
beforeAll(async () => {
  const shared = { streamPrefix: `{waitlist-${newId()}}`, waitlistSweepMs: 20 };
  server = await startTestServer(shared);
  twin = await startTestServer(shared);
});
afterAll(async () => {
  await server.stop();
  await twin.stop();
});
const setClocks = (instant: string) => {
  for (const each of [server, twin]) each.clock.set(instant);
};

type Here = {
  clinic: Clinic;
  serviceId: string;
  doctorId: string;
  owner: Patient;
  /** Of the owner, on Monday at nine. */
  appointmentId: string;
};
const bookedUp = async (service?: object): Promise<Here> => {
  setClocks(NOW);
  const clinic = await aClinic(server);
  const serviceId = await clinic.service(service);
  const doctorId = await clinic.doctor([serviceId]);
  const owner = await clinic.patient();
  const visit = { doctorId, serviceId, startsAt: MONDAY_9 };
  const { id } = expectStatus(await owner.api.post('/appointments', visit), 201).body;
  return { clinic, serviceId, doctorId, owner, appointmentId: id };
};
const cancel = async ({ owner, appointmentId }: Here) => {
  expectStatus(await owner.api.delete(`/appointments/${appointmentId}`), 200);
};

type Waiting = Patient & { entryId: string };
const enter = ({ serviceId }: Here, { api }: Person, wishes: object): Promise<Answer> =>
  api.post('/waitlist', { serviceId, ...WEEK, ...wishes });
const waits = async (here: Here, wishes: object = { doctorId: here.doctorId }): Promise<Waiting> => {
  const patient = await here.clinic.patient();
  const { id } = expectStatus(await enter(here, patient, wishes), 201).body;
  return { ...patient, entryId: id };
};
const entryOf = async ({ api, entryId }: Waiting) =>
  expectStatus(await api.get(`/waitlist/${entryId}`), 200).body;
const offerTo = (waiting: Waiting) => until(async () => (await entryOf(waiting)).offer ?? undefined);
const statusOf = async (waiting: Waiting): Promise<string> => (await entryOf(waiting)).status;
const accept = ({ api }: Person, offerId: string, body?: object) =>
  api.post(`/waitlist/offers/${offerId}/accept`, body);
const decline = ({ api }: Person, offerId: string) => api.post(`/waitlist/offers/${offerId}/decline`);

const startsOf = async ({ doctorId, serviceId }: Here, { api }: Person): Promise<string[]> => {
  const range = 'from=2027-03-22T00:00:00Z&to=2027-03-23T00:00:00Z';
  const answer = await api.get(`/doctors/${doctorId}/slots?serviceId=${serviceId}&${range}`);
  return expectStatus(answer, 200).body.data.map(({ startsAt }: { startsAt: string }) => startsAt);
};

describe('POST /waitlist', () => {
  test('201: the patient waits, with the wishes as they were given', async () => {
    const here = await bookedUp();
    const wishes = {
      specialization: undefined,
      daysOfWeek: [1],
      timeRange: { startTime: '09:00', endTime: '12:00' },
    };
    const waiting = await waits(here, wishes);
    expect(await entryOf(waiting)).toMatchObject({
      patientId: waiting.patientId,
      doctorId: null,
      specialization: null,
      earliest: '2027-03-22T00:00:00.000Z',
      daysOfWeek: [1],
      timeRange: { startTime: '09:00', endTime: '12:00' },
      status: 'waiting',
      offer: null,
      version: 1,
    });
  });

  test('201: staff enter a patient; a doctor only for the own calendar', async () => {
    const here = await bookedUp();
    const { patientId } = await here.clinic.patient();
    const staff = await here.clinic.staff('receptionist');
    expect((await enter(here, staff, { patientId })).body.patientId).toBe(patientId);
    expect((await enter(here, staff, {})).body.code).toBe('validation_failed');
    const doctor = await here.clinic.staff('doctor');
    expect((await enter(here, doctor, { patientId, doctorId: here.doctorId })).body.code).toBe('forbidden');
  });

  test('404 and 422: for what nobody gives', async () => {
    const here = await bookedUp();
    const patient = await here.clinic.patient();
    const notForPatients = await here.clinic.service({ name: 'Inside', bookableByPatients: false });
    expect((await enter(here, patient, { serviceId: newId() })).body.code).toBe('service_not_found');
    expect((await enter(here, patient, { doctorId: newId() })).body.code).toBe('doctor_not_found');
    expect((await enter(here, patient, { patientId: here.owner.patientId })).body.code).toBe(
      'patient_not_found',
    );
    expect((await enter(here, patient, { serviceId: notForPatients })).body.code).toBe('service_not_offered');
    expect((await enter(here, patient, { specialization: 'cardiology' })).body.code).toBe(
      'service_not_offered',
    );
  });

  test.each([
    ['latest before earliest', { latest: '2027-03-21T00:00:00Z' }],
    ['a time that has passed', { earliest: '2027-03-01T00:00:00Z', latest: '2027-03-02T00:00:00Z' }],
    ['no such day', { daysOfWeek: [0] }],
    ['a range that ends before it begins', { timeRange: { startTime: '12:00', endTime: '09:00' } }],
    ['a doctor and a specialization', { doctorId: newId(), specialization: 'cardiology' }],
  ])('422: %s', async (_name, wishes) => {
    const here = await bookedUp();
    const answer = await enter(here, here.owner, wishes);
    expect([answer.status, answer.body.code]).toEqual([422, 'validation_failed']);
  });

  test('409 waitlist_full: nobody waits for more than ten things at once, also when asking all at once', async () => {
    const here = await bookedUp();
    const patient = await here.clinic.patient();
    const answers = await Promise.all(Array.from({ length: 12 }, () => enter(here, patient, {})));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(answers.filter(({ body }) => body.code === 'waitlist_full')).toHaveLength(2);
  });
});

describe('GET and DELETE /waitlist', () => {
  test('a patient sees the own entries, staff see all and may look for some', async () => {
    const here = await bookedUp();
    const [first, second] = [await waits(here), await waits(here, {})];
    const listed = async ({ api }: Person, query = '') =>
      expectStatus(await api.get(`/waitlist${query}`), 200).body.data.map(({ id }: { id: string }) => id);
    expect(await listed(first)).toEqual([first.entryId]);
    expect(await listed(here.clinic.admin)).toEqual([first.entryId, second.entryId]);
    expect(await listed(here.clinic.admin, `?doctorId=${here.doctorId}`)).toEqual([first.entryId]);
    expect(await listed(here.clinic.admin, '?status=booked')).toEqual([]);
    expect((await second.api.get(`/waitlist/${first.entryId}`)).body.code).toBe('waitlist_entry_not_found');
    expect((await second.api.delete(`/waitlist/${first.entryId}`)).body.code).toBe(
      'waitlist_entry_not_found',
    );
  });

  test('who leaves is offered nothing; a time on offer goes to the next', async () => {
    const here = await bookedUp();
    const [first, second, third] = [await waits(here), await waits(here), await waits(here)];
    expectStatus(await first.api.delete(`/waitlist/${first.entryId}`), 204);
    await cancel(here);
    await offerTo(second);
    expectStatus(await second.api.delete(`/waitlist/${second.entryId}`), 204);
    await offerTo(third);
    expect([await statusOf(first), await statusOf(second)]).toEqual(['left', 'left']);
    expect((await first.api.delete(`/waitlist/${first.entryId}`)).body.code).toBe('waitlist_entry_closed');
  });
});

describe('a time that becomes free', () => {
  test('by a cancellation is offered to the earliest entry whose wishes match, and to nobody else', async () => {
    const here = await bookedUp();
    const afternoon = await waits(here, { timeRange: { startTime: '13:00', endTime: '18:00' } });
    const [first, second] = [await waits(here), await waits(here, {})];
    await cancel(here);
    const offer = await offerTo(first);
    expect(offer).toMatchObject({
      doctorId: here.doctorId,
      startsAt: MONDAY_9,
      endsAt: '2027-03-22T08:30:00.000Z',
      expiresAt: '2027-03-15T08:30:00.000Z',
    });
    expect(await statusOf(first)).toBe('offered');
    expect([await statusOf(afternoon), await statusOf(second)]).toEqual(['waiting', 'waiting']);
  });

  test('is kept for whom it is offered to: others see it taken, and cannot book it', async () => {
    const here = await bookedUp();
    const [first, other] = [await waits(here), await here.clinic.patient()];
    await cancel(here);
    await offerTo(first);
    expect(await startsOf(here, other)).not.toContain(MONDAY_9);
    const visit = { doctorId: here.doctorId, serviceId: here.serviceId, startsAt: MONDAY_9 };
    expect((await other.api.post('/appointments', visit)).body.code).toBe('slot_taken');
  });

  test('by a move is offered', async () => {
    const here = await bookedUp();
    const first = await waits(here);
    const later = { startsAt: '2027-03-22T09:00:00Z' };
    expectStatus(await here.owner.api.put(`/appointments/${here.appointmentId}`, later), 200);
    expect((await offerTo(first)).startsAt).toBe(MONDAY_9);
  });

  test('by new hours is offered, to each a time of their own', async () => {
    const here = await bookedUp();
    const weekend = { earliest: '2027-03-27T18:00:00Z', latest: '2027-03-28T20:00:00Z' };
    const [first, second] = [
      await waits(here, { ...weekend, doctorId: here.doctorId }),
      await waits(here, weekend),
    ];
    const rules = [{ dayOfWeek: 7, startTime: '18:00', endTime: '19:00' }];
    const hours = { timezone: 'Europe/Berlin', rules };
    expectStatus(await here.clinic.admin.api.put(`/doctors/${here.doctorId}/availability`, hours), 200);
    expect((await offerTo(first)).startsAt).toBe('2027-03-28T16:00:00.000Z');
    expect((await offerTo(second)).startsAt).toBe('2027-03-28T16:30:00.000Z');
  });

  test('because a hold was given back, or has expired, is offered', async () => {
    const here = await bookedUp();
    const [first, other] = [await waits(here), await here.clinic.patient()];
    const hold = async (startsAt: string) => {
      const visit = { doctorId: here.doctorId, serviceId: here.serviceId, startsAt };
      return expectStatus(await other.api.post('/appointments/holds', visit), 201).body.id;
    };
    const released = await hold('2027-03-22T09:00:00.000Z');
    expectStatus(await other.api.delete(`/appointments/holds/${released}`), 204);
    expect((await offerTo(first)).startsAt).toBe('2027-03-22T09:00:00.000Z');
    const second = await waits(here);
    await hold('2027-03-22T10:00:00.000Z');
    const unwanted = {
      startsAt: '2027-03-30T09:00:00.000Z',
      doctorId: here.doctorId,
      serviceId: here.serviceId,
    };
    const holdId = await hold(unwanted.startsAt);
    setClocks('2027-03-15T08:05:00.000Z');
    expect((await offerTo(second)).startsAt).toBe('2027-03-22T10:00:00.000Z');
    expect((await other.api.post('/appointments', { ...unwanted, holdId })).body.code).toBe('hold_expired');
  });

  test('goes to the next where the first has something else at that time', async () => {
    const here = await bookedUp();
    const otherDoctor = await here.clinic.doctor([here.serviceId]);
    const [busy, second] = [await waits(here), await waits(here)];
    const visit = { doctorId: otherDoctor, serviceId: here.serviceId, startsAt: MONDAY_9 };
    expectStatus(await busy.api.post('/appointments', visit), 201);
    await cancel(here);
    await offerTo(second);
    expect(await statusOf(busy)).toBe('waiting');
  });

  test('is not offered with less notice than a patient owes', async () => {
    const here = await bookedUp();
    const [first] = [await waits(here)];
    await here.clinic.settings({ minNoticeMinutes: 1440 });
    setClocks('2027-03-21T09:00:00.000Z');
    const owner = await here.clinic.logIn(here.owner);
    const again = { ...first, ...(await here.clinic.logIn(first)) };
    const { id } = expectStatus(
      await owner.api.post('/appointments', {
        doctorId: here.doctorId,
        serviceId: here.serviceId,
        startsAt: '2027-03-24T08:00:00Z',
      }),
      201,
    ).body;
    expectStatus(await owner.api.delete(`/appointments/${here.appointmentId}`), 200);
    expectStatus(await owner.api.delete(`/appointments/${id}`), 200);
    expect((await offerTo(again)).startsAt).toBe('2027-03-24T08:00:00.000Z');
  });
});

describe('POST /waitlist/offers/:id/accept', () => {
  const offered = async (service?: object) => {
    const here = await bookedUp(service);
    const [first, second] = [await waits(here), await waits(here)];
    await cancel(here);
    return { here, first, second, offer: await offerTo(first) };
  };

  test('201: books the time, once', async () => {
    const { here, first, offer } = await offered();
    const booked = expectStatus(await accept(first, offer.id), 201).body;
    expect(booked).toMatchObject({
      patientId: first.patientId,
      doctorId: here.doctorId,
      startsAt: MONDAY_9,
      status: 'confirmed',
    });
    expect(await entryOf(first)).toMatchObject({ status: 'booked', offer: null });
    expect((await accept(first, offer.id)).body.code).toBe('offer_used');
    const { body } = await first.api.get(`/appointments/${booked.id}/history`);
    expect(body.data).toMatchObject([{ action: 'booked', actorId: first.userId }]);
  });

  test('201: of many at once, one books', async () => {
    const { first, offer } = await offered();
    const answers = await Promise.all(Array.from({ length: 8 }, () => accept(first, offer.id)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'offer_used')).toHaveLength(7);
  });

  test('201: the same Idempotency-Key gets the same appointment', async () => {
    const { first, offer } = await offered({ requiresConfirmation: true });
    const key = { 'Idempotency-Key': newId() };
    const path = `/waitlist/offers/${offer.id}/accept`;
    const booked = expectStatus(await first.api.post(path, undefined, key), 201).body;
    expect(booked.status).toBe('pending');
    expect((await first.api.post(path, undefined, key)).body).toEqual(booked);
  });

  test('the token is the patient’s alone; if it is given, it must be right', async () => {
    const { here, first, offer } = await offered();
    const seen = await here.clinic.admin.api.get(`/waitlist/${first.entryId}`);
    expect(seen.body.offer).toEqual({ ...offer, token: null });
    expect((await accept(first, offer.id, { token: `${offer.token}x` })).body.code).toBe('offer_not_found');
    expect((await accept(first, offer.id, { token: offer.token })).status).toBe(201);
  });

  test('staff may answer for the patient', async () => {
    const { here, first, offer } = await offered();
    const staff = await here.clinic.staff('receptionist');
    const booked = expectStatus(await accept(staff, offer.id), 201).body;
    expect(booked.patientId).toBe(first.patientId);
  });

  test('404: an offer to somebody else, or none at all', async () => {
    const { first, second, offer } = await offered();
    for (const id of [offer.id, newId()]) {
      expect((await accept(second, id)).body.code).toBe('offer_not_found');
      expect((await decline(second, id)).body.code).toBe('offer_not_found');
    }
    expect((await accept(first, offer.id)).status).toBe(201);
  });
});

describe('an offer that is not taken', () => {
  test('declined, goes to the next, who can book it; the first waits on, and is not asked again', async () => {
    const here = await bookedUp();
    const [first, second] = [await waits(here), await waits(here)];
    await cancel(here);
    const offer = await offerTo(first);
    expect(expectStatus(await decline(first, offer.id), 200).body).toMatchObject({
      status: 'waiting',
      offer: null,
    });
    const next = await offerTo(second);
    expect(next.startsAt).toBe(MONDAY_9);
    expect((await accept(first, offer.id)).body.code).toBe('offer_used');
    expectStatus(await accept(second, next.id), 201);
    expect(await statusOf(first)).toBe('waiting');
  });

  test('unanswered, expires after half an hour and goes to the next: 410 offer_expired', async () => {
    const here = await bookedUp();
    const [first, second] = [await waits(here), await waits(here)];
    await cancel(here);
    const offer = await offerTo(first);
    setClocks('2027-03-15T08:30:00.000Z');
    const next = await offerTo({ ...second, ...(await here.clinic.logIn(second)) });
    expect(next).toMatchObject({ startsAt: MONDAY_9, expiresAt: '2027-03-15T09:00:00.000Z' });
    const late = await here.clinic.logIn(first);
    const answer = await accept(late, offer.id);
    expect([answer.status, answer.body.code]).toEqual([410, 'offer_expired']);
  });

  test('by anybody, is free for all', async () => {
    const here = await bookedUp();
    const first = await waits(here);
    await cancel(here);
    expectStatus(await decline(first, (await offerTo(first)).id), 200);
    expect(await startsOf(here, here.owner)).toContain(MONDAY_9);
  });
});

test('an entry whose latest time has passed expires', async () => {
  const here = await bookedUp();
  const waiting = await waits(here, {
    ...MONDAY,
    earliest: '2027-03-15T09:00:00Z',
    latest: '2027-03-15T12:00:00Z',
  });
  setClocks('2027-03-15T12:00:00.000Z');
  const again = { ...waiting, ...(await here.clinic.logIn(waiting)) };
  await until(async () => (await statusOf(again)) === 'expired');
});

test('however many times are freed, offered and declined at once in two processes, no time has two live offers', async () => {
  const here = await bookedUp();
  const starts = ['08:00', '08:30', '09:00', '09:30', '10:00', '10:30'].map(
    (time) => `2027-03-22T${time}:00.000Z`,
  );
  const visits = [here.appointmentId];
  for (const startsAt of starts.slice(1)) {
    const visit = {
      doctorId: here.doctorId,
      serviceId: here.serviceId,
      startsAt,
      patientId: here.owner.patientId,
    };
    visits.push(expectStatus(await here.clinic.admin.api.post('/appointments', visit), 201).body.id);
  }
  const waiting: Waiting[] = [];
  for (let i = 0; i < 8; i++) waiting.push(await waits(here, { ...MONDAY, doctorId: here.doctorId }));
  await Promise.all(visits.map((id) => here.clinic.admin.api.delete(`/appointments/${id}`)));

  const offersNow = async () => {
    const { body } = await here.clinic.admin.api.get('/waitlist?limit=100');
    return body.data.flatMap(({ offer }: { offer: { id: string; startsAt: string } | null }) => offer ?? []);
  };
  const demandApart = (offers: readonly { startsAt: string }[]) => {
    expect(new Set(offers.map(({ startsAt }) => startsAt)).size).toBe(offers.length);
  };
  const everyTime = () =>
    until(async () => {
      const offers = await offersNow();
      demandApart(offers);
      return offers.length === starts.length && offers;
    });

  const offers = await everyTime();
  await Promise.all(offers.slice(0, 3).map(({ id }: { id: string }) => decline(here.clinic.admin, id)));
  const [kept] = await everyTime();
  expectStatus(await accept(here.clinic.admin, kept.id), 201);
  demandApart(await offersNow());
  expect(waiting).toHaveLength(8);
}, 60_000);
