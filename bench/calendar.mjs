// @ts-check
import { Problem } from '../scripts/servers/problem.mjs';

/** @typedef {import('./clinic.mjs').Clinic} Clinic */

/** The slots of a doctor, as they are answered. @typedef {{ data: { startsAt: string }[] }} Offered */

/** What is sent to book an appointment. @typedef {{ doctorId: string, serviceId: string, startsAt: string, patientId: string, reason: string, notes: string }} Visit */

export const DAY_MS = 86_400_000;
const daysPerQuestion = 60;
const mostQuestions = 60;

/**
 * Where the slots of a doctor are asked for.
 * @param {string} doctorId
 * @param {string} serviceId
 * @param {Date} from
 * @param {Date} to
 */
export function slotsPath(doctorId, serviceId, from, to) {
  const query = new URLSearchParams({ serviceId, from: from.toISOString(), to: to.toISOString() });
  return `/doctors/${doctorId}/slots?${query.toString()}`;
}

/**
 * Where the next free slots of all doctors are asked for.
 * @param {Pick<Clinic, 'serviceId' | 'bookedFrom'>} clinic
 * @param {number} days
 */
export function freePath({ serviceId, bookedFrom }, days) {
  const to = new Date(bookedFrom.getTime() + days * DAY_MS).toISOString();
  return `/slots?${new URLSearchParams({ serviceId, from: bookedFrom.toISOString(), to }).toString()}`;
}

/**
 * The starts that each doctor offers, in the order of the doctors.
 * @param {Pick<Clinic, 'reception' | 'doctorIds' | 'serviceId'>} clinic
 * @param {Date} from
 * @param {Date} to
 * @returns {Promise<string[][]>}
 */
export function freeSlots({ reception, doctorIds, serviceId }, from, to) {
  return Promise.all(
    doctorIds.map(async (doctorId) => {
      const path = slotsPath(doctorId, serviceId, from, to);
      const { data } = /** @type {Offered} */ (await reception.make('GET', path, undefined, 200));
      return data.map(({ startsAt }) => startsAt);
    }),
  );
}

/**
 * A visit for every start, the doctors taking turns. Patients take turns too, so that nobody is asked to be in two places.
 * @param {Pick<Clinic, 'doctorIds' | 'patientIds' | 'serviceId'>} clinic
 * @param {string[][]} starts of each doctor
 * @returns {Visit[]}
 */
export function visitsIn({ doctorIds, patientIds, serviceId }, starts) {
  const most = Math.max(...starts.map(({ length }) => length));
  const inTurns = Array.from({ length: most }, (_, turn) =>
    doctorIds.flatMap((doctorId, doctor) => {
      const startsAt = starts[doctor]?.[turn];
      return startsAt === undefined ? [] : [{ doctorId, startsAt }];
    }),
  ).flat();
  return inTurns.map((place, index) => ({
    ...place,
    serviceId,
    patientId: patientIds[index % patientIds.length] ?? '',
    reason: 'Annual check-up',
    notes: 'Asks for the first room.',
  }));
}

/** Where the next visits to a clinic are looked for. @type {WeakMap<Clinic, Date>} */
const nextDays = new WeakMap();

/**
 * So many visits that nobody has booked yet, all after the days that are booked, and after those of the visits before: whoever
 * takes turns anew must not meet with an earlier turn.
 * @param {Clinic} clinic
 * @param {number} count
 * @returns {Promise<Visit[]>}
 */
export async function visitsToBook(clinic, count) {
  /** @type {string[][]} */
  const starts = clinic.doctorIds.map(() => []);
  let from = nextDays.get(clinic) ?? new Date(clinic.bookedUntil.getTime() + daysPerQuestion * DAY_MS);
  for (let question = 0; question < mostQuestions && starts.flat().length < count; question += 1) {
    const to = new Date(from.getTime() + daysPerQuestion * DAY_MS);
    const more = await freeSlots(clinic, from, to);
    more.forEach((found, doctor) => starts[doctor]?.push(...found));
    from = to;
  }
  nextDays.set(clinic, from);
  const visits = visitsIn(clinic, starts).slice(0, count);
  if (visits.length < count) {
    throw new Problem(
      `Until ${from.toISOString()}, ${visits.length} slots are offered; ${count} are needed.`,
    );
  }
  return visits;
}
