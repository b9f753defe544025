import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../src/shared/tests/until.ts';
import { newId } from '../src/shared/types/id.ts';
import { expectStatus, type Person } from './support/clinic.ts';
import {
  backAgain,
  type BookedUp,
  bookedUp,
  cancel,
  entryOf,
  MONDAY_9,
  offerTo,
  startTwins,
  statusOf,
  type Twins,
  waits,
} from './support/waitlist.ts';

let twins: Twins;
beforeAll(async () => {
  twins = await startTwins();
});
afterAll(() => twins.stop());

const MONDAY = { earliest: '2027-03-22T00:00:00Z', latest: '2027-03-22T23:00:00Z' };
const accept = ({ api }: Person, offerId: string, body?: object) =>
  api.post(`/waitlist/offers/${offerId}/accept`, body);
const decline = ({ api }: Person, offerId: string) => api.post(`/waitlist/offers/${offerId}/decline`);

const startsOf = async ({ doctorId, serviceId }: BookedUp, { api }: Person): Promise<string[]> => {
  const range = 'from=2027-03-22T00:00:00Z&to=2027-03-23T00:00:00Z';
  const answer = await api.get(`/doctors/${doctorId}/slots?serviceId=${serviceId}&${range}`);
  return expectStatus(answer, 200).body.data.map(({ startsAt }: { startsAt: string }) => startsAt);
};

describe('a time that becomes free', () => {
  test('by a cancellation is offered to the earliest entry whose wishes match, and to nobody else', async () => {
    const here = await bookedUp(twins);
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
    const here = await bookedUp(twins);
    const [first, other] = [await waits(here), await here.clinic.patient()];
    await cancel(here);
    await offerTo(first);
    expect(await startsOf(here, other)).not.toContain(MONDAY_9);
    const visit = { doctorId: here.doctorId, serviceId: here.serviceId, startsAt: MONDAY_9 };
    expect((await other.api.post('/appointments', visit)).body.code).toBe('slot_taken');
  });

  test('by a move is offered', async () => {
    const here = await bookedUp(twins);
    const first = await waits(here);
    const later = { startsAt: '2027-03-22T09:00:00Z' };
    expectStatus(await here.owner.api.put(`/appointments/${here.appointmentId}`, later), 200);
    expect((await offerTo(first)).startsAt).toBe(MONDAY_9);
  });

  test('by new hours is offered, to each a time of their own', async () => {
    const here = await bookedUp(twins);
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
    const here = await bookedUp(twins);
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
    twins.setClocks('2027-03-15T08:05:00.000Z');
    expect((await offerTo(second)).startsAt).toBe('2027-03-22T10:00:00.000Z');
    expect((await other.api.post('/appointments', { ...unwanted, holdId })).body.code).toBe('hold_expired');
  });

  test('goes to the next where the first has something else at that time', async () => {
    const here = await bookedUp(twins);
    const otherDoctor = await here.clinic.doctor([here.serviceId]);
    const [busy, second] = [await waits(here), await waits(here)];
    const visit = { doctorId: otherDoctor, serviceId: here.serviceId, startsAt: MONDAY_9 };
    expectStatus(await busy.api.post('/appointments', visit), 201);
    await cancel(here);
    await offerTo(second);
    expect(await statusOf(busy)).toBe('waiting');
  });

  test('is not offered with less notice than a patient owes', async () => {
    const here = await bookedUp(twins);
    const [first] = [await waits(here)];
    await here.clinic.settings({ minNoticeMinutes: 1440 });
    twins.setClocks('2027-03-21T09:00:00.000Z');
    const owner = await here.clinic.logIn(here.owner);
    const again = await backAgain(here, first);
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
    const here = await bookedUp(twins, service);
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
    const here = await bookedUp(twins);
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
    const here = await bookedUp(twins);
    const [first, second] = [await waits(here), await waits(here)];
    await cancel(here);
    const offer = await offerTo(first);
    twins.setClocks('2027-03-15T08:30:00.000Z');
    const next = await offerTo(await backAgain(here, second));
    expect(next).toMatchObject({ startsAt: MONDAY_9, expiresAt: '2027-03-15T09:00:00.000Z' });
    const late = await here.clinic.logIn(first);
    const answer = await accept(late, offer.id);
    expect([answer.status, answer.body.code]).toEqual([410, 'offer_expired']);
  });

  test('by anybody, is free for all', async () => {
    const here = await bookedUp(twins);
    const first = await waits(here);
    await cancel(here);
    expectStatus(await decline(first, (await offerTo(first)).id), 200);
    expect(await startsOf(here, here.owner)).toContain(MONDAY_9);
  });
});

test('however many times are freed, offered and declined at once in two processes, no time has two live offers', async () => {
  const here = await bookedUp(twins);
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
  for (let i = 0; i < 2 * starts.length; i++) await waits(here, { ...MONDAY, doctorId: here.doctorId });
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
}, 60_000);
