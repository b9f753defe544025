import { aClinic, expectStatus, type Patient, type Person } from '../support/clinic.ts';
import type { TestServer } from '../support/test-server.ts';
import type { CalendarPlan } from './calendar-plan.ts';

export const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;

/** Epoch milliseconds. */
export type Times = { readonly start: number; readonly end: number };
export type Slot = { readonly startsAt: string; readonly endsAt: string };

export const timesOf = ({ startsAt, endsAt }: Slot): Times => ({
  start: Date.parse(startsAt),
  end: Date.parse(endsAt),
});

export type Visit = Slot & {
  readonly id: string;
  readonly doctorId: string;
  readonly patientId: string;
  readonly serviceId: string;
  readonly roomId: string | null;
};
type Offer = { readonly doctorId: string; readonly serviceId: string };

export type PlannedCalendar = {
  readonly admin: Person;
  readonly patient: Patient;
  /** The week that is looked at. */
  readonly week: Times;
  /** The first doctor and service, all that the doctors give, and a room. */
  readonly visit: Offer;
  readonly offers: readonly Offer[];
  readonly roomId: string;
  /** What the patient is offered in that week, by default of the first doctor and service. */
  offered(offer?: Offer): Promise<Slot[]>;
  /** What was offered within the last 15 minutes, too. */
  offeredLately(): Promise<Slot[]>;
  /** The visits in that week that keep their time. */
  standing(): Promise<Visit[]>;
  anotherPatient(): Promise<string>;
};

/** A clinic of its own in which the plan has come true. */
export const plannedCalendar = async (server: TestServer, plan: CalendarPlan): Promise<PlannedCalendar> => {
  server.clock.set(plan.now);
  const clinic = await aClinic(server);
  const { admin } = clinic;
  const add = async (path: string, fields: object): Promise<string> =>
    expectStatus(await admin.api.post(path, fields), 201).body.id;
  const start = Date.parse(plan.now) + plan.daysAhead * 24 * 60 * MINUTE_MS;
  const week = { start, end: start + WEEK_MS };
  const query = `from=${new Date(week.start).toISOString()}&to=${new Date(week.end).toISOString()}`;
  const onDay = (day: number) => {
    const date = new Date(start + day * 24 * 60 * MINUTE_MS).toISOString().slice(0, 10);
    return { startDate: date, endDate: date };
  };

  await clinic.settings(plan.settings);
  const place = { name: 'Branch', address: 'Main Street 1', timezone: plan.locationTimezone };
  const [serviceId, otherServiceId, locationId] = await Promise.all([
    clinic.service(plan.service),
    clinic.service(plan.otherService),
    add('/locations', place),
  ]);
  const placed = <Hours extends object>(isAtLocation: boolean, hours: Hours) => ({
    ...hours,
    ...(isAtLocation && { locationId }),
  });
  const rules = plan.rules.map(({ isAtLocation, ...rule }) => placed(isAtLocation, rule));
  const services = [serviceId, otherServiceId];
  const [doctorId, colleagueId, patient, roomId] = await Promise.all([
    clinic.doctor(services, { timezone: plan.timezone, rules }),
    clinic.doctor(services, { timezone: plan.timezone, rules }),
    clinic.patient(),
    add('/rooms', { name: 'Room 1', locationId }),
    ...plan.closures.map(({ day, isOfLocation }) =>
      add('/closures', { name: 'Holiday', ...onDay(day), locationId: isOfLocation ? locationId : null }),
    ),
  ]);
  for (const { day, hours, isAtLocation } of plan.overrides) {
    const other = hours
      ? { kind: 'custom', intervals: [placed(isAtLocation, hours)] }
      : { kind: 'unavailable' };
    await add(`/doctors/${doctorId}/availability/overrides`, { ...onDay(day), ...other });
  }
  const visit = { doctorId, serviceId };
  const offers = [doctorId, colleagueId].flatMap((each) =>
    services.map((service) => ({ doctorId: each, serviceId: service })),
  );

  const offered = async (offer: Offer = visit): Promise<Slot[]> => {
    const path = `/doctors/${offer.doctorId}/slots?serviceId=${offer.serviceId}&${query}`;
    return expectStatus(await patient.api.get(path), 200).body.data;
  };
  const offeredLately = async () => {
    const slots = await offered();
    for (const minutes of [5, 10, 15]) {
      server.clock.set(new Date(Date.parse(plan.now) - minutes * MINUTE_MS).toISOString());
      slots.push(...(await offered()));
    }
    server.clock.set(plan.now);
    return slots;
  };
  const standing = async (): Promise<Visit[]> => {
    const answer = await admin.api.get(`/appointments?limit=100&status=confirmed&${query}`);
    return expectStatus(answer, 200).body.data;
  };
  const anotherPatient = () =>
    add('/patients?force=true', { firstName: 'Ann', lastName: 'Other', dateOfBirth: '1985-12-10' });

  for (const pick of plan.taken) {
    const slots = await offered();
    const slot = slots[pick % slots.length];
    if (!slot) break;
    const { startsAt } = slot;
    await add('/appointments', { ...visit, startsAt, patientId: await anotherPatient() });
  }
  return {
    ...{ admin, patient, week, visit, offers, roomId },
    ...{ offered, offeredLately, standing, anotherPatient },
  };
};
