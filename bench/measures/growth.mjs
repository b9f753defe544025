// @ts-check
import { progress } from '../../scripts/servers/say.mjs';
import { createApiClient } from '../api-client.mjs';
import { migrate, productionSettings, startBuiltServer } from '../built-server.mjs';
import { DAY_MS, freePath, slotsPath, visitsToBook } from '../calendar.mjs';
import { bearer, book, logInAgain, makeClinic } from '../clinic.mjs';
import { workOff } from '../clients.mjs';
import { fillDatabase } from '../living.mjs';
import { databases } from '../servers.mjs';
import { fire } from './reading.mjs';

/** @typedef {import('../rows.mjs').Series} Series */
/** @typedef {import('../servers.mjs').BenchServers} BenchServers */
/** @typedef {import('../options.mjs').Plan} Plan */

/** A server on a database of some size. @typedef {Awaited<ReturnType<typeof prepare>>} Size */

const readers = 2;
const bookingsInRound = 60;
const works = ['GET one appointment', 'slots, 7 days', 'slots, 30 days', 'next free, 14 days'];

/**
 * Does the same work in a small database and in a large one, in turns. Both have a clinic of the same size with the same days
 * half booked; the large one has all the others beside it, and its past.
 * @param {{ plan: Plan, folder: string, servers: BenchServers }} run
 * @returns {Promise<Series[]>}
 */
export async function measureGrowth({ plan, folder, servers }) {
  const filled = {
    small: await fillSize('small', { plan, folder, servers }),
    grown: await fillSize('grown', { plan, folder, servers }),
  };
  const small = await prepare(filled.small, plan);
  const grown = await prepare(filled.grown, plan);
  progress('Reading and booking in both …');
  const series = [...works, 'booking, 1 client'].map((name) => ({
    small: seriesOf(`${name}; ${sizeOf(plan.small)}`),
    grown: seriesOf(`${name}; ${sizeOf(plan.grown)}`, `${name}; ${sizeOf(plan.small)}`),
  }));
  for (let round = -1; round < plan.rounds; round += 1) {
    for (const [index, { small: before, grown: after }] of series.entries()) {
      const [first, second] = [await roundOf(small, index, plan), await roundOf(grown, index, plan)];
      if (round < 0) continue;
      before.rounds.push(first);
      after.rounds.push(second);
    }
  }
  await Promise.all([small, grown].map(({ server }) => server.stop()));
  return series.flatMap(({ small: before, grown: after }) => [before, after]);
}

/** @param {Plan['small']} size */
const sizeOf = ({ clinics, appointments }) =>
  `${clinics.toLocaleString('en')} clinics, ${appointments.toLocaleString('en')} appointments`;

/** @param {string} name @param {string} [baseline] @returns {Series} */
function seriesOf(name, baseline) {
  return { name, rounds: [], ...(baseline && { baseline }) };
}

/** @param {'small' | 'grown'} name @param {{ plan: Plan, folder: string, servers: BenchServers }} run */
async function fillSize(name, { plan, folder, servers }) {
  const size = plan[name];
  progress(`Filling a database: ${sizeOf(size)} …`);
  const settings = productionSettings(servers, databases[name]);
  await migrate(settings, folder);
  const server = await startBuiltServer({ settings, folder, name });
  const clinic = await makeClinic(server.url, { ...plan.clinic, isBooked: false });
  await fillDatabase(size, { address: servers.database, database: databases[name], url: server.url, clinic });
  return { server, clinic };
}

/** @param {Awaited<ReturnType<typeof fillSize>>} filled @param {Plan} plan */
async function prepare({ server, clinic: filled }, plan) {
  const clinic = await logInAgain(filled);
  const rounds = plan.rounds + 1;
  const [shown, ...visits] = await visitsToBook(clinic, 1 + rounds * bookingsInRound);
  if (shown === undefined) throw new Error('No visit was found to book');
  const { id } = await book(clinic.reception, shown);
  const [doctorId = ''] = clinic.doctorIds;
  /** @param {number} days */
  const slots = (days) => {
    const until = new Date(clinic.bookedFrom.getTime() + days * DAY_MS);
    return slotsPath(doctorId, clinic.serviceId, clinic.bookedFrom, until);
  };
  return {
    server,
    visits,
    headers: bearer(clinic.token),
    caller: createApiClient(`${server.url}/api/v1`, 1).with(bearer(clinic.token)),
    paths: [`/appointments/${id}`, slots(7), slots(30), freePath(clinic, 14)],
  };
}

/** @param {Size} size @param {number} index of the work @param {Plan} plan @returns {Promise<import('../rows.mjs').Round>} */
async function roundOf({ server, visits, headers, caller, paths }, index, plan) {
  const path = paths[index];
  // The median of a time is compared and not a rate: few at once, so that none waits for another.
  const { times, failure } =
    path === undefined
      ? {
          ...(await workOff(1, visits.splice(0, bookingsInRound), (visit) => book(caller, visit))),
          failure: undefined,
        }
      : await fire({ url: `${server.url}/api/v1${path}`, headers }, readers, plan.reading.roundMs);
  return { times, ...(failure && { failure }) };
}
