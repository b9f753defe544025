import type { Answer } from './api.ts';
import { aClinic, type Clinic, type DoctorOptions, expectStatus, type Patient } from './clinic.ts';
import { untilHeardBy } from './database.ts';
import type { TestServer } from './test-server.ts';

/** Monday 2027-03-22 in Berlin, where every doctor works from 09:00 to 12:00. */
export const MONDAY = { from: '2027-03-22T00:00:00.000Z', to: '2027-03-23T00:00:00.000Z' };
export const at = (minutes: number): string =>
  new Date(Date.parse('2027-03-22T08:00:00.000Z') + minutes * 60_000).toISOString();

export type Proposal = { readonly doctorId: string; readonly startsAt: string; readonly endsAt: string };
export type Affected = { readonly appointment: any; readonly proposals: readonly Proposal[] };

export type AwayClinic = {
  readonly clinic: Clinic;
  readonly serviceId: string;
  readonly doctorId: string;
  /** Who gives the same service. */
  readonly colleagueId: string;
  readonly patients: readonly Patient[];
  /** One of each patient's, on Monday from nine, one after the other. */
  readonly appointmentIds: readonly string[];
  enter(body?: object): Promise<Answer>;
  apply(absenceId: string, body: object): Promise<Answer>;
  get(absenceId: string): Promise<Answer>;
  appointment(id: string): Promise<any>;
};

/** A clinic with two doctors, and `visits` patients who have booked half an hour each with the first. */
export const anAwayClinic = async (
  server: TestServer,
  { visits, service, colleague }: { visits: number; service?: object; colleague?: DoctorOptions },
): Promise<AwayClinic> => {
  const clinic = await aClinic(server);
  const { api } = clinic.admin;
  const serviceId = await clinic.service(service);
  const [doctorId, colleagueId] = [
    await clinic.doctor([serviceId]),
    await clinic.doctor([serviceId], colleague),
  ];
  const patients = await Promise.all(Array.from({ length: visits }, () => clinic.patient()));
  const appointmentIds: string[] = [];
  for (const [index, { patientId }] of patients.entries()) {
    const visit = { doctorId, serviceId, patientId, startsAt: at(index * 30) };
    appointmentIds.push(expectStatus(await api.post('/appointments', visit), 201).body.id);
  }
  // Hours that are new are offered to whoever waits, also if they are heard of late.
  await untilHeardBy('waitlist', server, clinic.tenantId);
  const path = `/doctors/${doctorId}/absences`;
  return {
    clinic,
    serviceId,
    doctorId,
    colleagueId,
    patients,
    appointmentIds,
    enter: (body = MONDAY) => api.post(path, body),
    apply: (absenceId, body) => api.post(`${path}/${absenceId}/apply`, body),
    get: (absenceId) => api.get(`${path}/${absenceId}`),
    appointment: async (id) => expectStatus(await api.get(`/appointments/${id}`), 200).body,
  };
};
