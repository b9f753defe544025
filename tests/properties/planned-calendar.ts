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

export type PlannedCalendar = {
  readonly admin: Person;
  readonly patient: Patient;
  /** The week that is looked at. */
  readonly week: Times;
  /** A visit, and a start of one. */
  readonly visit: { readonly doctorId: string; readonly serviceId: string };
  /** What the patient is offered in that week. */
  offered(): Promise<Slot[]>;
  /** The visits in that week that keep their time. */
  standing(): Promise<(Slot & { id: string })[]>;
  anotherPatient(): Promise<string>;
};

/** A clinic of its own in which the plan has come true. */
export const plannedCalendar = async (server: TestServer, plan: CalendarPlan): Promise<PlannedCalendar> => {
  server.clock.set(plan.now);
  const clinic = await aClinic(server);
  const { admin } = clinic;
  await clinic.settings(plan.settings);
  const serviceId = await clinic.service(plan.service);
  const doctorId = await clinic.doctor([serviceId], plan);
  const patient = await clinic.patient();
  const start = Date.parse(plan.now) + plan.daysAhead * 24 * 60 * MINUTE_MS;
  const week = { start, end: start + WEEK_MS };
  const query = `from=${new Date(week.start).toISOString()}&to=${new Date(week.end).toISOString()}`;

  const offered = async (): Promise<Slot[]> => {
    const answer = await patient.api.get(`/doctors/${doctorId}/slots?serviceId=${serviceId}&${query}`);
    return expectStatus(answer, 200).body.data;
  };
  const standing = async () => {
    const answer = await admin.api.get(`/appointments?limit=100&status=confirmed&${query}`);
    return expectStatus(answer, 200).body.data;
  };
  const anotherPatient = async (): Promise<string> => {
    const fields = { firstName: 'Ann', lastName: 'Other', dateOfBirth: '1985-12-10' };
    return expectStatus(await admin.api.post('/patients', fields), 201).body.id;
  };

  for (const pick of plan.taken) {
    const slots = await offered();
    const slot = slots[pick % slots.length];
    if (!slot) break;
    const { startsAt } = slot;
    const patientId = await anotherPatient();
    expectStatus(await admin.api.post('/appointments', { doctorId, serviceId, startsAt, patientId }), 201);
  }
  return { admin, patient, week, visit: { doctorId, serviceId }, offered, standing, anotherPatient };
};
