import { until } from '../../src/shared/tests/until.ts';
import { newId } from '../../src/shared/types/id.ts';
import type { Answer } from './api.ts';
import { aClinic, type Clinic, expectStatus, type Patient, type Person } from './clinic.ts';
import { untilHeardBy } from './database.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const NOW = '2027-03-15T08:00:00.000Z';
export const MONDAY_9 = '2027-03-22T08:00:00.000Z';
const WEEK = { earliest: '2027-03-22T00:00:00Z', latest: '2027-03-29T00:00:00Z' };

/** Two processes that share database and stream: what one does, the other may get to react to. */
export type Twins = { readonly server: TestServer; setClocks(instant: string): void; stop(): Promise<void> };

export const startTwins = async (): Promise<Twins> => {
  const shared = { streamPrefix: `{waitlist-${newId()}}`, waitlistSweepMs: 20 };
  const twins = [await startTestServer(shared), await startTestServer(shared)] as const;
  return {
    server: twins[0],
    setClocks: (instant) => {
      for (const { clock } of twins) clock.set(instant);
    },
    stop: async () => {
      for (const { stop } of twins) await stop();
    },
  };
};

export type BookedUp = {
  readonly clinic: Clinic;
  readonly serviceId: string;
  readonly doctorId: string;
  readonly owner: Patient;
  /** Of the owner, on Monday at nine. */
  readonly appointmentId: string;
};

export const bookedUp = async ({ server, setClocks }: Twins, service?: object): Promise<BookedUp> => {
  setClocks(NOW);
  const clinic = await aClinic(server);
  const serviceId = await clinic.service(service);
  const doctorId = await clinic.doctor([serviceId]);
  const owner = await clinic.patient();
  const visit = { doctorId, serviceId, startsAt: MONDAY_9 };
  const { id } = expectStatus(await owner.api.post('/appointments', visit), 201).body;
  // Hours that are new are offered to whoever waits, also if they are heard of late.
  await untilHeardBy('waitlist', server, clinic.tenantId);
  return { clinic, serviceId, doctorId, owner, appointmentId: id };
};

export const cancel = async ({ owner, appointmentId }: BookedUp): Promise<void> => {
  expectStatus(await owner.api.delete(`/appointments/${appointmentId}`), 200);
};

/** A patient who has entered the waitlist. */
export type Waiting = Patient & { readonly entryId: string };

export const enter = ({ serviceId }: BookedUp, { api }: Person, wishes: object): Promise<Answer> =>
  api.post('/waitlist', { serviceId, ...WEEK, ...wishes });

/** A new patient who waits; by default for the doctor who is booked up. */
export const waits = async (
  here: BookedUp,
  wishes: object = { doctorId: here.doctorId },
): Promise<Waiting> => {
  const patient = await here.clinic.patient();
  const { id } = expectStatus(await enter(here, patient, wishes), 201).body;
  return { ...patient, entryId: id };
};

/** With a new session, for when the clock has left the old one behind. */
export const backAgain = async ({ clinic }: BookedUp, waiting: Waiting): Promise<Waiting> => ({
  ...waiting,
  ...(await clinic.logIn(waiting)),
});

export const entryOf = async ({ api, entryId }: Waiting) =>
  expectStatus(await api.get(`/waitlist/${entryId}`), 200).body;
export const statusOf = async (waiting: Waiting): Promise<string> => (await entryOf(waiting)).status;

export type SeenOffer = {
  readonly id: string;
  readonly startsAt: string;
  readonly expiresAt: string;
  readonly token: string;
};
export const offerTo = (waiting: Waiting): Promise<SeenOffer> =>
  until(async (): Promise<SeenOffer | undefined> => (await entryOf(waiting)).offer ?? undefined);
