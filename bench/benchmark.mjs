// @ts-check
import { join } from 'node:path';
import { writeJsonObject } from '../scripts/servers/json-file.mjs';
import { print, progress } from '../scripts/servers/say.mjs';
import { createApiClient } from './api-client.mjs';
import { build, migrate, productionSettings, requireBuild, startBuiltServer } from './built-server.mjs';
import { bearer, makeClinic } from './clinic.mjs';
import { connect, prepareDatabases } from './driver.mjs';
import { addClinics, fillClinic, tenantOf } from './living.mjs';
import { describeMachine } from './machine.mjs';
import { bookingsOf, measureBooking } from './measures/booking.mjs';
import { measureEvents } from './measures/events.mjs';
import { measureLogins } from './measures/login.mjs';
import { measureRace } from './measures/race.mjs';
import { measureReading } from './measures/reading.mjs';
import { measureStarts } from './measures/starts.mjs';
import { rehearse } from './rehearsal.mjs';
import { resultsOf, textOf } from './results.mjs';
import { toRows } from './rows.mjs';
import {
  benchFolder,
  closeRunFolder,
  databases,
  logFolder,
  openBenchServers,
  openRunFolder,
} from './servers.mjs';

/** @typedef {import('./options.mjs').Options} Options */

/**
 * What is measured: a server with a clinic. `caller` is the receptionist with a connection for every client.
 * @typedef {object} Scene
 * @property {import('./options.mjs').Plan} plan
 * @property {(round: number) => boolean} hasTimeFor whether a round, the first being 0, may begin
 * @property {string} folder
 * @property {import('./servers.mjs').BenchServers} servers
 * @property {import('./built-server.mjs').BuiltServer} server
 * @property {import('./clinic.mjs').Clinic} clinic
 * @property {import('./api-client.mjs').ApiClient} caller
 */

/**
 * Builds, measures, prints and cleans up. Answers the exit code: 0 when every row could be measured, 130 when interrupted.
 * @param {Options} options
 * @param {Promise<NodeJS.Signals>} interrupted
 * @returns {Promise<number>}
 */
export async function runBenchmark(options, interrupted) {
  const folder = await openRunFolder();
  try {
    const outcome = await Promise.race([interrupted, measure(options, folder)]);
    if (typeof outcome === 'string') return 130;
    const path = join(benchFolder, 'latest.json');
    writeJsonObject(path, outcome);
    print(options.json ? JSON.stringify(outcome, null, 2) : textOf(outcome));
    progress(`The results as JSON: ${path}`);
    return failuresTold(outcome.rows) ? 1 : 0;
  } catch (error) {
    progress(`The logs of server and database are in ${logFolder}`);
    throw error;
  } finally {
    await closeRunFolder(folder);
  }
}

/** Says which rows could not be measured, if any. @param {import('./rows.mjs').Row[]} rows */
function failuresTold(rows) {
  const failed = rows.filter(({ failure }) => failure !== null);
  for (const { name, failure } of failed) progress(`Could not be measured: ${name}: ${failure}`);
  return failed.length > 0;
}

/** @param {Options} options @param {string} folder */
async function measure(options, folder) {
  if (options.build) {
    progress('Building the server …');
    await build();
  }
  requireBuild();
  const machine = describeMachine();
  const startedAt = new Date();
  const servers = await openBenchServers(folder, options.mysql);
  const database = await prepareDatabases(servers.database, Object.values(databases));
  progress(`Measuring on ${database.title} and ${servers.redis.title} …`);
  const { series, statements } = await measureAll(options.plan, folder, servers);
  return resultsOf({
    startedAt,
    isQuick: options.isQuick,
    plan: options.plan,
    machine: { ...machine, database, redis: servers.redis.title },
    rows: toRows(series),
    statements,
  });
}

/** @param {import('./options.mjs').Plan} plan @param {string} folder @param {import('./servers.mjs').BenchServers} servers */
async function measureAll(plan, folder, servers) {
  const hasTimeFor = timekeeper(plan);
  const served = productionSettings(servers, databases.served);
  const direct = productionSettings(servers, databases.direct);
  await Promise.all([served, direct].map((settings) => migrate(settings, folder)));

  progress('Rehearsing the bookings …');
  const rehearsed = await rehearse({ settings: direct, folder, size: plan.clinic, count: bookingsOf(plan) });
  progress('Making a clinic …');
  const server = await startBuiltServer({ settings: served, folder, name: 'server' });
  const clinic = await makeClinic(server.url, { ...plan.clinic, isBooked: false });
  progress(`Filling the database: ${plan.appointments} appointments, ${plan.clinics} clinics …`);
  await fillDatabase(plan, servers, server.url, clinic);
  const caller = createApiClient(`${server.url}/api/v1`, 64).with(bearer(clinic.token));
  /** @type {Scene} */
  const scene = { plan, hasTimeFor, folder, servers, server, clinic, caller };

  progress('Reading …');
  const reading = await measureReading(scene);
  progress('Booking …');
  const booking = await measureBooking(scene, rehearsed);
  const race = await measureRace(scene);
  progress('Logging in …');
  const logins = await measureLogins(scene);
  progress('Listening …');
  const events = await measureEvents(scene);
  await server.stop();
  progress('Starting …');
  const starts = await measureStarts({ settings: served, folder, plan, hasTimeFor });
  const statements = rehearsed.bookings[0]?.map(({ text }) => text.replaceAll(/\s+/g, ' ').trim()) ?? [];
  return { series: [...reading, ...booking, ...race, ...logins, ...events, ...starts], statements };
}

/** Of which the other clinics are copies. */
const smallClinic = { doctors: 3, patients: 20, bookedDays: 3 };

/**
 * Gives the clinic a past and its database other clinics.
 * @param {import('./options.mjs').Plan} plan
 * @param {import('./servers.mjs').BenchServers} servers
 * @param {string} url
 * @param {import('./clinic.mjs').Clinic} clinic
 */
async function fillDatabase(plan, servers, url, clinic) {
  const connection = await connect(servers.database, databases.served, []);
  await fillClinic(connection, clinic, plan.appointments);
  if (plan.clinics > 1) {
    const other = await makeClinic(url, smallClinic);
    await addClinics(connection, tenantOf(other.token), plan.clinics - 2);
    other.reception.close();
  }
  await connection.end();
}

/** @param {import('./options.mjs').Plan} plan @returns {Scene['hasTimeFor']} */
function timekeeper({ lastRoundWithinSeconds = Infinity }) {
  const startedAt = performance.now();
  return (round) => round === 0 || performance.now() - startedAt < lastRoundWithinSeconds * 1000;
}
