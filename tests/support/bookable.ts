import { aClinic, type Clinic, expectStatus, type Patient } from './clinic.ts';
import type { TestServer } from './test-server.ts';
import type { Answer } from './api.ts';

/** A clinic with a doctor who works every morning, and a patient who may book half an hour there. */
export type Bookable = {
  readonly clinic: Clinic;
  readonly patient: Patient;
  readonly slotsPath: string;
  readonly visit: { readonly doctorId: string; readonly serviceId: string; readonly startsAt: string };
  book(key?: string, startsAt?: string): Promise<Answer>;
  /** The appointments that the clinic knows of. */
  booked(): Promise<{ id: string; startsAt: string }[]>;
};

/** A clinic with a doctor who works every morning, the service, and a patient. */
export type BookableDoctor = {
  readonly clinic: Clinic;
  readonly patient: Patient;
  readonly doctorId: string;
  readonly serviceId: string;
};

export const aBookableDoctor = async (
  server: Pick<TestServer, 'api'>,
  service?: object,
): Promise<BookableDoctor> => {
  const clinic = await aClinic(server);
  const serviceId = await clinic.service(service);
  return { clinic, serviceId, doctorId: await clinic.doctor([serviceId]), patient: await clinic.patient() };
};

/** The same, for another patient. */
export const another = async (here: BookableDoctor): Promise<BookableDoctor> => ({
  ...here,
  patient: await here.clinic.patient(),
});

export const MONDAY_9 = '2027-03-22T08:00:00.000Z'; // 09:00 in Berlin

const DAY_MS = 24 * 60 * 60 * 1_000;
/** For a server that has the clock of the machine: a free start some days from now. */
export const freeStart = async ({ patient, visit }: Bookable): Promise<string> => {
  const [from, to] = [5, 7].map((days) => new Date(Date.now() + days * DAY_MS).toISOString());
  const path = `/doctors/${visit.doctorId}/slots?serviceId=${visit.serviceId}&from=${from}&to=${to}`;
  return expectStatus(await patient.api.get(path), 200).body.data[0].startsAt;
};

export const aBookableClinic = async (server: Pick<TestServer, 'api'>): Promise<Bookable> => {
  const { clinic, patient, doctorId, serviceId } = await aBookableDoctor(server);
  const visit = { doctorId, serviceId, startsAt: MONDAY_9 };
  return {
    clinic,
    patient,
    visit,
    slotsPath: `/doctors/${doctorId}/slots?serviceId=${serviceId}&from=2027-03-22T00:00:00Z&to=2027-03-23T00:00:00Z`,
    book: (key, startsAt = MONDAY_9) =>
      patient.api.post('/appointments', { ...visit, startsAt }, key ? { 'Idempotency-Key': key } : {}),
    booked: async () => (await clinic.admin.api.get('/appointments?limit=100')).body.data,
  };
};
