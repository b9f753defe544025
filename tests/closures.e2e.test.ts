import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../src/shared/types/id.ts';
import { until } from '../src/shared/tests/until.ts';
import { startCheckedServer } from './support/checked-server.ts';
import { aClinic, type Clinic, expectStatus } from './support/clinic.ts';
import { watchCalendars } from './support/sockets.ts';
import type { TestServer } from './support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startCheckedServer(undefined, {
    streamPrefix: `{closures-${newId()}}`,
    waitlistSweepMs: 20,
  });
});
afterAll(() => server.stop());

/** A Monday: 08:00Z is nine in Berlin, eight in London. */
const at = (time: string, date = '2027-03-22'): string => `${date}T${time}:00.000Z`;
const MONDAY = { startDate: '2027-03-22', endDate: '2027-03-22' };
const TUESDAY = { startDate: '2027-03-23', endDate: '2027-03-23' };
const everyMorningAt = (locationId: string) =>
  [1, 2, 3, 4, 5, 6, 7].map((dayOfWeek) => ({ dayOfWeek, startTime: '09:00', endTime: '12:00', locationId }));

type Here = {
  clinic: Clinic;
  api: Clinic['admin']['api'];
  serviceId: string;
  doctorId: string;
  london: string;
};

/** A doctor on Berlin's clock who works in London. */
const aDoctorInLondon = async (rules?: (locationId: string) => object[]): Promise<Here> => {
  const clinic = await aClinic(server);
  const { api } = clinic.admin;
  const place = { name: 'London', address: 'Main Street 1', timezone: 'Europe/London' };
  const london = expectStatus(await api.post('/locations', place), 201).body.id;
  const serviceId = await clinic.service();
  const doctorId = await clinic.doctor([serviceId], { rules: (rules ?? everyMorningAt)(london) });
  return { clinic, api, serviceId, doctorId, london };
};

const aPatient = async ({ api }: Here): Promise<string> => {
  const fields = { firstName: 'Ann', lastName: 'Other', dateOfBirth: '1985-12-10' };
  return expectStatus(await api.post('/patients?force=true', fields), 201).body.id;
};
const book = async (here: Here, startsAt: string, more: object = {}) => {
  const { doctorId, serviceId } = here;
  const request = { doctorId, serviceId, startsAt, patientId: await aPatient(here), ...more };
  return here.api.post('/appointments', request);
};
const booked = async (here: Here, startsAt: string, more: object = {}) =>
  expectStatus(await book(here, startsAt, more), 201).body;
const startsOn = async ({ api, doctorId, serviceId }: Here, from: string, to: string): Promise<string[]> => {
  const query = `serviceId=${serviceId}&from=${from}&to=${to}`;
  const { body } = expectStatus(await api.get(`/doctors/${doctorId}/slots?${query}`), 200);
  return body.data.map(({ startsAt }: { startsAt: string }) => startsAt);
};
const idsOf = (body: { affectedAppointments: { id: string }[] }): string[] =>
  body.affectedAppointments.map(({ id }) => id);

describe('POST, PATCH and DELETE /closures', () => {
  test('answer the appointments that now lie on a closed day, of every doctor, and cancel none', async () => {
    const here = await aDoctorInLondon();
    const colleague = { ...here, doctorId: await here.clinic.doctor([here.serviceId]) };
    const [second, first, tuesday] = [
      await booked(here, at('09:00')),
      await booked(colleague, at('08:30')),
      await booked(colleague, at('08:00', '2027-03-23')),
    ];
    const added = await here.api.post('/closures', { name: 'Flood', ...MONDAY });
    const closure = expectStatus(added, 201).body;
    expect(closure.affectedAppointments).toMatchObject([
      { id: first.id, doctorId: colleague.doctorId, locationId: null, status: 'confirmed' },
      { id: second.id, doctorId: here.doctorId, locationId: here.london },
    ]);
    expect(await startsOn(here, at('00:00'), at('23:00'))).toEqual([]);
    const path = `/closures/${closure.id}`;
    expect((await here.api.get(`/appointments/${first.id}`)).body.status).toBe('confirmed');

    const longer = { startDate: '2027-03-22', endDate: '2027-03-23' };
    expect(idsOf(expectStatus(await here.api.patch(path, longer), 200).body)).toEqual([tuesday.id]);
    expect(idsOf(expectStatus(await here.api.put(path, { name: 'High water' }), 200).body)).toEqual([]);
    expectStatus(await here.api.patch(path, MONDAY), 200);
    expect(await startsOn(here, at('00:00', '2027-03-23'), at('23:00', '2027-03-23'))).toHaveLength(6);
    expectStatus(await here.api.delete(path), 204);
    expect(await startsOn(here, at('00:00'), at('23:00'))).toHaveLength(5);
  });

  test('of one location concern who works there, and who was booked there', async () => {
    const here = await aDoctorInLondon();
    const anywhere = { ...here, doctorId: await here.clinic.doctor([here.serviceId]) };
    const elsewhere = await booked(anywhere, at('08:00'));
    const there = await booked(anywhere, at('08:30'), { locationId: here.london });
    const { id } = await booked(here, at('09:00'));
    const closure = { name: 'Flood', locationId: here.london, ...MONDAY };
    const { body } = expectStatus(await here.api.post('/closures', closure), 201);
    expect(idsOf(body)).toEqual([there.id, id]);
    expect(idsOf(body)).not.toContain(elsewhere.id);
    const refused = await book(anywhere, at('10:00'), { locationId: here.london });
    expect([refused.body.code, refused.body.detail]).toEqual([
      'outside_availability',
      'The location is closed then.',
    ]);
  });

  test('of a location are whole days on its own clock', async () => {
    const acrossMidnight = (locationId: string) => [
      { dayOfWeek: 2, startTime: '00:00', endTime: '02:00', locationId },
    ];
    const here = await aDoctorInLondon(acrossMidnight); // In London from 23:00 on Monday.
    const night = [at('23:00'), at('23:00', '2027-03-23')] as const;
    expect(await startsOn(here, ...night)).toHaveLength(4);
    const close = (dates: object) =>
      here.api.post('/closures', { name: 'Fair', locationId: here.london, ...dates });
    const monday = expectStatus(await close(MONDAY), 201).body.id;
    expect(await startsOn(here, ...night)).toEqual([at('00:00', '2027-03-23'), at('00:30', '2027-03-23')]);
    expectStatus(await here.api.delete(`/closures/${monday}`), 204);
    expectStatus(await close(TUESDAY), 201);
    expect(await startsOn(here, ...night)).toEqual([at('23:00'), at('23:30')]);
  });

  test('follow the location into another zone', async () => {
    const here = await aDoctorInLondon((locationId) => [
      { dayOfWeek: 2, startTime: '00:00', endTime: '02:00', locationId },
    ]);
    expectStatus(
      await here.api.post('/closures', { name: 'Fair', locationId: here.london, ...TUESDAY }),
      201,
    );
    const { id } = await booked(here, at('23:00')); // Monday in London, Tuesday in Berlin.
    const moved = await here.api.patch(`/locations/${here.london}`, { timezone: 'Europe/Berlin' });
    expect(idsOf(expectStatus(moved, 200).body)).toEqual([id]);
  });
});

describe('an appointment at a location', () => {
  test('carries the clock of the location; without one, the doctor’s', async () => {
    const here = await aDoctorInLondon();
    expect(await booked(here, at('08:00'))).toMatchObject({
      timezone: 'Europe/London',
      localStart: '2027-03-22T08:00',
    });
    // Both clocks have been put forward by then.
    expect(await booked(here, at('07:00', '2027-03-29'))).toMatchObject({ localStart: '2027-03-29T08:00' });
    const anywhere = { ...here, doctorId: await here.clinic.doctor([here.serviceId]) };
    const visit = await booked(anywhere, at('08:00'));
    expect(visit).toMatchObject({ timezone: 'Europe/Berlin', localStart: '2027-03-22T09:00' });
    const named = await here.api.put(`/appointments/${visit.id}`, { locationId: here.london });
    expect(expectStatus(named, 200).body).toMatchObject({
      timezone: 'Europe/London',
      localStart: '2027-03-22T08:00',
    });
    const later = await here.api.put(`/appointments/${visit.id}`, { startsAt: at('10:00') });
    expect(expectStatus(later, 200).body).toMatchObject({
      locationId: here.london,
      localStart: '2027-03-22T10:00',
    });
  });
});

describe('POST /closures/import', () => {
  const ics = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Example//Holidays//EN',
    'BEGIN:VEVENT',
    'UID:flood',
    'DTSTART;VALUE=DATE:20270322',
    'SUMMARY:Flood',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');

  test('answers the same appointments when it is tried out and when it is done', async () => {
    const here = await aDoctorInLondon();
    const { id } = await booked(here, at('08:00'));
    await booked(here, at('08:00', '2027-03-23'));
    for (const dryRun of [true, false]) {
      const { body } = expectStatus(await here.api.post('/closures/import', { ics, dryRun }), 200);
      expect([body.dryRun, idsOf(body)]).toEqual([dryRun, [id]]);
    }
    const again = expectStatus(await here.api.post('/closures/import', { ics, dryRun: false }), 200).body;
    expect(idsOf(again)).toEqual([]);
  });

  test('of one location reads the dates on its clock', async () => {
    const here = await aDoctorInLondon((locationId) => [
      { dayOfWeek: 1, startTime: '00:00', endTime: '02:00', locationId },
    ]);
    const sunday = await booked(here, at('23:00', '2027-03-21')); // Eleven in the evening in London.
    const { id } = await booked(here, at('00:00'));
    for (const dryRun of [true, false]) {
      const wanted = { ics, dryRun, locationId: here.london };
      const affected = idsOf(expectStatus(await here.api.post('/closures/import', wanted), 200).body);
      expect([affected.includes(sunday.id), affected]).toEqual([false, [id]]);
    }
  });
});

test('a booking that races a closure is refused, or is among the appointments that the closure affects', async () => {
  const here = await aDoctorInLondon();
  const doctorIds = [
    here.doctorId,
    await here.clinic.doctor([here.serviceId]),
    await here.clinic.doctor([here.serviceId]),
  ];
  const times = ['08:00', '08:30', '09:00', '09:30', '10:00', '10:30'];
  const patients = await Promise.all(doctorIds.map(() => aPatient(here)));
  for (const date of ['2027-03-23', '2027-03-24', '2027-03-25', '2027-03-26']) {
    const requests = times.flatMap((time) =>
      doctorIds.map((doctorId, i) => ({
        doctorId,
        serviceId: here.serviceId,
        patientId: patients[i],
        startsAt: at(time, date),
      })),
    );
    const bookings = requests.slice(0, 9).map((request) => here.api.post('/appointments', request));
    const isOne = date.endsWith('4') || date.endsWith('6');
    const closing = here.api.post('/closures', {
      name: 'Flood',
      startDate: date,
      endDate: date,
      locationId: isOne ? here.london : null,
    });
    bookings.push(...requests.slice(9).map((request) => here.api.post('/appointments', request)));
    const affected = idsOf(expectStatus(await closing, 201).body);
    for (const answer of await Promise.all(bookings)) {
      if (answer.status !== 201) expect(answer.body.code).toBe('outside_availability');
      else if (!isOne || answer.body.locationId === here.london) expect(affected).toContain(answer.body.id);
    }
  }
});

test('closures, bookings and hours that change at once never block each other for good', async () => {
  const here = await aDoctorInLondon();
  const more = await Promise.all([1, 2, 3].map(() => here.clinic.doctor([here.serviceId])));
  const answers = await Promise.all(
    [...more, here.doctorId].flatMap((doctorId, i) => [
      here.api.post('/closures', { name: `Day ${i}`, startDate: `2027-04-0${i + 1}`, endDate: '2027-04-09' }),
      here.api.post('/closures', { name: `There ${i}`, locationId: here.london, ...TUESDAY }),
      here.api.patch(`/locations/${here.london}`, { timezone: i % 2 ? 'Europe/Berlin' : 'Europe/London' }),
      here.api.put(`/doctors/${doctorId}/availability`, {
        timezone: 'Europe/Berlin',
        rules: everyMorningAt(here.london),
      }),
      here.api.patch(`/doctors/${doctorId}`, { active: true, bio: `Number ${i}` }),
      book({ ...here, doctorId }, at('08:00')),
      here.clinic.doctor([here.serviceId]).then(() => ({ status: 201 })),
    ]),
  );
  expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 201)).toEqual(
    [],
  );
});

describe('availability_updated', () => {
  test('is told of every doctor whom a closure or a change of place, service or doctor concerns', async () => {
    const here = await aDoctorInLondon();
    const { api, doctorId, serviceId, london } = here;
    const other = await here.clinic.doctor([await here.clinic.service({ name: 'Other' })]);
    const watch = await watchCalendars(server, here.clinic.admin, [doctorId, other]);
    const told = async (act: () => Promise<unknown>) => (await watch.changedBy(act)).sort();
    const change = (path: string, fields: object) => () =>
      api.patch(path, fields).then((answer) => expectStatus(answer, 200));
    const both = [doctorId, other].sort();
    let id = '';
    const close = (fields: object) => async () => {
      id = expectStatus(await api.post('/closures', { name: 'Flood', ...MONDAY, ...fields }), 201).body.id;
    };
    expect(await told(close({}))).toEqual(both);
    expect(await told(change(`/closures/${id}`, TUESDAY))).toEqual(both);
    expect(await told(change(`/closures/${id}`, { name: 'Water' }))).toEqual([]);
    expect(await told(() => api.delete(`/closures/${id}`))).toEqual(both);
    const ics = [
      ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Example//Holidays//EN', 'BEGIN:VEVENT', 'UID:1'],
      ...['DTSTART;VALUE=DATE:20270324', 'SUMMARY:Holiday', 'END:VEVENT', 'END:VCALENDAR', ''],
    ].join('\r\n');
    const holidays = (fields: object) => () =>
      api.post('/closures/import', { ics, ...fields }).then((answer) => expectStatus(answer, 200));
    expect(await told(holidays({ dryRun: true }))).toEqual([]);
    expect(await told(holidays({ dryRun: false }))).toEqual(both);
    expect(await told(close({ locationId: london }))).toEqual([doctorId]);
    for (const [path, fields, concerned] of [
      [`/services/${serviceId}`, { durationMinutes: 45 }, [doctorId]],
      [`/services/${serviceId}`, { name: 'Consultation' }, []],
      [`/services/${serviceId}`, { active: false }, [doctorId]],
      [`/doctors/${other}`, { serviceIds: [serviceId] }, [other]],
      [`/doctors/${other}`, { bio: 'Hearts.' }, []],
      [`/doctors/${other}`, { timezone: 'Europe/London' }, [other]],
      [`/doctors/${other}`, { active: false }, [other]],
      [`/locations/${london}`, { phone: '+44 20 1234567' }, []],
      [`/locations/${london}`, { active: false }, [doctorId]],
    ] as const)
      expect([path, fields, await told(change(path, fields))]).toEqual([path, fields, concerned]);
    watch.stop();
  });

  test('is told of time that is held or given back, and of every doctor when the rules of the clinic change', async () => {
    const here = await aDoctorInLondon();
    const { api, doctorId, serviceId } = here;
    const other = await here.clinic.doctor([serviceId]);
    const watch = await watchCalendars(server, here.clinic.admin, [doctorId, other]);
    let id = '';
    const hold = async () => {
      const wanted = { doctorId, serviceId, startsAt: at('08:00') };
      id = expectStatus(await api.post('/appointments/holds', wanted), 201).body.id;
    };
    expect(await watch.changedBy(hold)).toEqual([doctorId]);
    expect(await watch.changedBy(() => api.delete(`/appointments/holds/${id}`))).toEqual([doctorId]);
    await watch.changedBy(async () => {
      await here.clinic.settings({ slotAnchor: 'clock' });
      await until(() => watch.changed().length >= 2);
    });
    expect(watch.changed().sort()).toEqual([doctorId, other].sort());
    watch.stop();
  });
});

describe('the waitlist', () => {
  const waiting = async ({ clinic, serviceId, doctorId }: Here) => {
    const patient = await clinic.patient();
    const wish = { serviceId, doctorId, earliest: at('00:00'), latest: at('23:00') };
    const { id } = expectStatus(await patient.api.post('/waitlist', wish), 201).body;
    return () => until(async () => (await patient.api.get(`/waitlist/${id}`)).body.offer ?? undefined);
  };

  test('offers time that is free because a closure has been removed or made shorter', async () => {
    for (const open of ['delete', 'patch'] as const) {
      const here = await aDoctorInLondon();
      const { id } = expectStatus(await here.api.post('/closures', { name: 'Flood', ...MONDAY }), 201).body;
      const offer = await waiting(here);
      expectStatus(
        await here.api[open](`/closures/${id}`, open === 'patch' ? TUESDAY : undefined),
        open === 'patch' ? 200 : 204,
      );
      expect((await offer()).startsAt).toBe(at('08:00'));
    }
  });

  test('offers time that is free because a shorter service fits between two visits', async () => {
    const here = await aDoctorInLondon(() => [{ dayOfWeek: 1, startTime: '09:00', endTime: '10:15' }]);
    await booked(here, at('08:30'));
    await booked(here, at('08:00'));
    const offer = await waiting(here);
    expectStatus(
      await here.api.patch(`/services/${here.serviceId}`, { durationMinutes: 15, slotIntervalMinutes: 15 }),
      200,
    );
    expect((await offer()).startsAt).toBe(at('09:00'));
  });
});
