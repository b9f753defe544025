import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../src/shared/tests/until.ts';
import { type Clinic, expectCode, expectStatus, type Person } from './support/clinic.ts';
import { aClinic } from './support/clinic.ts';
import { startCheckedServer } from './support/checked-server.ts';
import type { TestServer } from './support/test-server.ts';

const PERIOD = 'from=2027-03-22&to=2027-03-28';
const HOUR = 3_600_000;
const FIGURES = ['summary', 'utilization', 'no-shows', 'heatmap', 'lead-time', 'waitlist', 'reminders'];

let server: TestServer;
beforeAll(async () => {
  server = await startCheckedServer();
});
afterAll(() => server.stop());

const figure = async ({ api }: Person, path: string) =>
  expectStatus(await api.get(`/analytics/${path}`), 200).body;
const untilCounted = (person: Person, appointments: number, query = PERIOD) =>
  until(async () => {
    const summary = await figure(person, `summary?${query}`);
    return summary.appointments === appointments ? summary : undefined;
  });

/** Two doctors in Berlin at work from 9 to 12; the first sees patients at 09:00, 09:30 … on Monday, 22 March. */
const aBusyClinic = async () => {
  const clinic = await aClinic(server);
  const serviceId = await clinic.service({ price: { amount: 5000, currency: 'EUR' } });
  const [user, otherUser] = [await clinic.staff('doctor'), await clinic.staff('doctor')];
  const doctorId = await clinic.doctor([serviceId], { userId: user.userId });
  const otherId = await clinic.doctor([serviceId], { userId: otherUser.userId });
  const book = async (patientId: string, startsAt: string, doctor = doctorId): Promise<string> =>
    expectStatus(
      await clinic.admin.api.post('/appointments', { doctorId: doctor, serviceId, patientId, startsAt }),
      201,
    ).body.id;
  return { clinic, serviceId, doctorId, otherId, user, otherUser, book };
};

const go = async ({ admin }: Clinic, id: string, ...steps: string[]) => {
  for (const step of steps) expectStatus(await admin.api.post(`/appointments/${id}/${step}`), 200);
};

describe('a week of a clinic', () => {
  let here: Awaited<ReturnType<typeof aBusyClinic>>;
  let receptionist: Person;
  let patient: Person;
  beforeAll(async () => {
    here = await aBusyClinic();
    const { clinic, book, otherId } = here;
    receptionist = await clinic.staff('receptionist');
    const [ada, bea] = [await clinic.patient(), await clinic.patient()];
    patient = ada;
    await book(ada.patientId, '2027-03-17T08:00:00Z'); // before the week
    const completed = await book(ada.patientId, '2027-03-22T08:00:00Z');
    const missed = await book(bea.patientId, '2027-03-22T08:30:00Z');
    const cancelled = await book(bea.patientId, '2027-03-23T08:00:00Z');
    await book(bea.patientId, '2027-03-25T10:00:00Z', otherId);
    const moved = await book(ada.patientId, '2027-03-22T10:00:00Z');
    expectStatus(
      await clinic.admin.api.put(`/appointments/${moved}`, { startsAt: '2027-03-26T08:00:00Z' }),
      200,
    );
    await go(clinic, completed, 'check-in', 'start', 'complete');
    await go(clinic, missed, 'no-show');
    expectStatus(await clinic.admin.api.delete(`/appointments/${cancelled}`), 200);
    await until(async () => {
      const { byStatus } = await figure(clinic.admin, `summary?${PERIOD}`);
      return (byStatus.cancelled === 1 && byStatus.no_show === 1 && byStatus.completed === 1) || undefined;
    });
    await untilCounted(clinic.admin, 5);
  });

  test('is summed up by status, patients, value and date, beside the week before', async () => {
    const summary = await figure(here.clinic.admin, `summary?${PERIOD}`);
    const eur = (amount: number) => [{ amount, currency: 'EUR' }];
    expect(summary).toMatchObject({
      timezone: 'Europe/Berlin',
      appointments: 5,
      byStatus: {
        pending: 0,
        confirmed: 2,
        checked_in: 0,
        in_progress: 0,
        completed: 1,
        cancelled: 1,
        no_show: 1,
      },
      patients: { new: 1, returning: 1 },
      value: { booked: eur(15_000), completed: eur(5_000) },
      previous: { from: '2027-03-15', to: '2027-03-21', appointments: 1, patients: { new: 1, returning: 0 } },
    });
    expect(summary.days.map(({ date, appointments }: any) => [date, appointments])).toEqual([
      ['2027-03-22', 2],
      ['2027-03-23', 1],
      ['2027-03-25', 1],
      ['2027-03-26', 1],
    ]);
  });

  test('keeps the price at which a visit was booked', async () => {
    const { clinic, serviceId } = here;
    expectStatus(
      await clinic.admin.api.patch(`/services/${serviceId}`, { price: { amount: 9900, currency: 'EUR' } }),
      200,
    );
    const { patientId } = await clinic.patient();
    const id = await here.book(patientId, '2027-04-06T08:00:00Z');
    await go(clinic, id, 'check-in');
    const { value } = await untilCounted(clinic.admin, 1, 'from=2027-04-06&to=2027-04-06');
    expect(value.booked).toEqual([{ amount: 9_900, currency: 'EUR' }]);
    expect((await figure(clinic.admin, `summary?${PERIOD}`)).value.booked[0].amount).toBe(15_000);
  });

  test('tells booked by working minutes, for each doctor and week', async () => {
    const { doctorId, otherId } = here;
    const figures = await figure(here.clinic.admin, `utilization?${PERIOD}`);
    const week = 7 * 180;
    expect(figures).toMatchObject({ bookedMinutes: 120, workingMinutes: 2 * week, utilization: 0.0476 });
    expect(figures.byDoctor.toSorted((a: any, b: any) => b.bookedMinutes - a.bookedMinutes)).toMatchObject([
      { doctorId, bookedMinutes: 90, workingMinutes: week, utilization: 0.0714 },
      { doctorId: otherId, bookedMinutes: 30, workingMinutes: week },
    ]);
    expect(figures.byWeek).toMatchObject([{ weekOf: '2027-03-22', bookedMinutes: 120 }]);
    expect(figures.byLocation).toMatchObject([{ locationId: null, workingMinutes: 2 * week }]);
    expect(figures.previous).toMatchObject({ bookedMinutes: 30 });
  });

  test('tells who did not come, and who cancelled late', async () => {
    const figures = await figure(here.clinic.admin, `no-shows?${PERIOD}`);
    const counts = { attended: 1, noShows: 1, cancellations: 1, lateCancellations: 0, noShowRate: 0.5 };
    expect(figures).toMatchObject({ appointments: 5, ...counts, lateCancellationRate: 0 });
    expect(figures.byDoctor.find(({ doctorId }: any) => doctorId === here.doctorId)).toMatchObject(counts);
    expect(figures.byService).toMatchObject([{ serviceId: here.serviceId, appointments: 5 }]);
  });

  test('shows on which days and hours of the clinic’s clock visits start', async () => {
    const { cells } = await figure(here.clinic.admin, `heatmap?${PERIOD}`);
    expect(cells).toEqual([
      { dayOfWeek: 1, hour: 9, appointments: 2, noShows: 1 },
      { dayOfWeek: 4, hour: 11, appointments: 1, noShows: 0 },
      { dayOfWeek: 5, hour: 9, appointments: 1, noShows: 0 },
    ]);
  });

  test('tells how long before their start visits are booked', async () => {
    const now = server.clock.now().getTime();
    const leads = ['2027-03-22T08:00Z', '2027-03-22T08:30Z', '2027-03-25T10:00Z', '2027-03-26T08:00Z'].map(
      (startsAt) => Math.floor((Date.parse(startsAt) - now) / HOUR),
    );
    const { appointments, hours, distribution } = await figure(here.clinic.admin, `lead-time?${PERIOD}`);
    expect([appointments, hours.p50, hours.p95]).toEqual([4, leads[1], leads[3]]);
    expect(distribution).toEqual([
      { days: 7, appointments: 2 },
      { days: 10, appointments: 1 },
      { days: 11, appointments: 1 },
    ]);
  });

  test('is a table as well, line by line', async () => {
    const { admin } = here.clinic;
    const response = await fetch(`${server.url}/api/v1/analytics/summary?${PERIOD}`, {
      headers: { Authorization: `Bearer ${admin.token}`, Accept: 'text/csv' },
    });
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toContain('summary-2027-03-22-2027-03-28.csv');
    expect((await response.text()).split('\r\n').slice(0, 2)).toEqual([
      'date,appointments,pending,confirmed,checked_in,in_progress,completed,cancelled,no_show',
      '2027-03-22,2,0,0,0,0,1,0,1',
    ]);
    for (const name of FIGURES) {
      const table = await fetch(`${server.url}/api/v1/analytics/${name}?${PERIOD}`, {
        headers: { Authorization: `Bearer ${admin.token}`, Accept: 'text/csv' },
      });
      const [head = '', ...lines] = (await table.text()).trimEnd().split('\r\n');
      for (const line of lines) expect(line.split(',').length).toBe(head.split(',').length);
    }
  });

  test('tells a doctor of themselves only, a receptionist the counts of days, and a patient nothing', async () => {
    const { user, otherUser, otherId } = here;
    expect(await figure(otherUser, `summary?${PERIOD}`)).toMatchObject({
      appointments: 1,
      patients: { new: 1, returning: 0 },
    });
    expect((await figure(user, `no-shows?${PERIOD}`)).appointments).toBe(4);
    for (const name of FIGURES) {
      expectCode(await user.api.get(`/analytics/${name}?${PERIOD}&doctorId=${otherId}`), 'forbidden');
      expectCode(await patient.api.get(`/analytics/${name}?${PERIOD}`), 'forbidden');
      if (name !== 'summary')
        expectCode(await receptionist.api.get(`/analytics/${name}?${PERIOD}`), 'forbidden');
    }
    const counts = await figure(receptionist, `summary?${PERIOD}`);
    expect(counts).toMatchObject({ appointments: 5, patients: null, value: null });
    expect(counts.days).toHaveLength(4);
  });
});

test('who waits for a time, and who gets one', async () => {
  const { clinic, serviceId, doctorId, book } = await aBusyClinic();
  const [owner, waiting, leaving] = [await clinic.patient(), await clinic.patient(), await clinic.patient()];
  const id = await book(owner.patientId, '2027-03-22T08:00:00Z');
  const wish = { serviceId, doctorId, earliest: '2027-03-22T08:00:00Z', latest: '2027-03-22T08:05:00Z' };
  const entry = expectStatus(await waiting.api.post('/waitlist', wish), 201).body;
  const other = expectStatus(
    await leaving.api.post('/waitlist', {
      ...wish,
      earliest: '2027-03-24T00:00:00Z',
      latest: '2027-03-25T00:00:00Z',
    }),
    201,
  ).body;
  expectStatus(await leaving.api.delete(`/waitlist/${other.id}`), 204);
  expectStatus(await clinic.admin.api.delete(`/appointments/${id}`), 200);
  const offer = await until(
    async () => (await waiting.api.get(`/waitlist/${entry.id}`)).body.offer ?? undefined,
  );
  expectStatus(await waiting.api.post(`/waitlist/offers/${offer.id}/accept`, { token: offer.token }), 201);
  const figures = await until(async () => {
    const read = await figure(clinic.admin, 'waitlist?from=2027-03-15&to=2027-03-15');
    return read.booked === 1 && read.left === 1 ? read : undefined;
  });
  expect(figures).toMatchObject({ entries: 2, waiting: 0, fillRate: 0.5, offers: { made: 1, accepted: 1 } });
});

describe('a question', () => {
  test('about dates on which nothing was gets zeros and empty lists', async () => {
    const { admin } = await aClinic(server);
    for (const name of FIGURES) {
      const figures = await figure(admin, `${name}?from=2026-01-01&to=2026-12-31`);
      const numbers = JSON.stringify(figures).match(/:-?\d+(\.\d+)?/g) ?? [];
      expect([name, numbers.filter((number) => number !== ':0')]).toEqual([name, []]);
    }
  });

  test.each([
    ['from=2027-03-02&to=2027-03-01', '/query/to'],
    ['from=2020-01-01&to=2027-03-01', '/query/to'],
    ['from=2027-02-30&to=2027-03-01', '/query/from'],
    ['from=0001-01-01&to=0001-01-02', '/query/from'],
    ['to=2027-03-01', '/query/from'],
    [`${PERIOD}&doctorId=nobody`, '/query/doctorId'],
  ])('with %s is refused, and told where: %s', async (query, pointer) => {
    const { admin } = await aClinic(server);
    for (const name of FIGURES) {
      const answer = await admin.api.get(`/analytics/${name}?${query}`);
      expectCode(answer, 'validation_failed');
      expect(answer.body.errors.map((error: any) => error.pointer)).toContain(pointer);
    }
  });

  test('about working time that nobody knows yet is refused', async () => {
    const { admin } = await aClinic(server);
    const answer = await admin.api.get('/analytics/utilization?from=2028-03-01&to=2028-04-01');
    expect(expectCode(answer, 'validation_failed').body.errors[0].pointer).toBe('/query/to');
  });
});
