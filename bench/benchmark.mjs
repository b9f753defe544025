// @ts-check
import { join, resolve } from 'node:path';
import { writeJsonObject } from '../scripts/servers/json-file.mjs';
import { print, progress } from '../scripts/servers/say.mjs';
import { createApiClient } from './api-client.mjs';
import { build, migrate, productionSettings, requireBuild, startBuiltServer } from './built-server.mjs';
import { bearer, makeClinic } from './clinic.mjs';
import { prepareDatabases } from './driver.mjs';
import { fillDatabase } from './living.mjs';
import { describeMachine } from './machine.mjs';
import { bookingsOf, measureBooking } from './measures/booking.mjs';
import { measureEvents } from './measures/events.mjs';
import { measureGrowth } from './measures/growth.mjs';
import { measureLogins } from './measures/login.mjs';
import { measureMemory } from './measures/memory.mjs';
import { measureRace } from './measures/race.mjs';
import { measureReading } from './measures/reading.mjs';
import { measureSockets } from './measures/sockets.mjs';
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
    if (options.out !== undefined) writeJsonObject(resolve(options.out), outcome);
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
  const { series, statements } = await measureChapters(options, folder, servers);
  return resultsOf({
    startedAt,
    isQuick: options.isQuick,
    plan: options.plan,
    machine: { ...machine, database, redis: servers.redis.title },
    rows: toRows(series),
    statements,
  });
}

/** @param {Options} options @param {string} folder @param {import('./servers.mjs').BenchServers} servers */
async function measureChapters({ plan, chapters }, folder, servers) {
  const usual = chapters.usual ? await measureUsual(plan, folder, servers) : { series: [], statements: [] };
  const growth = chapters.growth ? await measureGrowth({ plan, folder, servers }) : [];
  const memory = chapters.memory ? await measureMemoryAlone(plan, folder, servers) : [];
  return { series: [...usual.series, ...growth, ...memory], statements: usual.statements };
}

/** @param {import('./options.mjs').Plan} plan @param {string} folder @param {import('./servers.mjs').BenchServers} servers */
async function measureMemoryAlone(plan, folder, servers) {
  const { server, clinic } = await openClinic(plan, folder, servers);
  const series = await measureMemory({ plan, server, clinic });
  await server.stop();
  return series;
}

/** A server with a clinic in a database of the plan's size. @param {import('./options.mjs').Plan} plan @param {string} folder @param {import('./servers.mjs').BenchServers} servers */
async function openClinic(plan, folder, servers) {
  const settings = productionSettings(servers, databases.served);
  await migrate(settings, folder);
  progress('Making a clinic …');
  const server = await startBuiltServer({ settings, folder, name: 'server' });
  const clinic = await makeClinic(server.url, { ...plan.clinic, isBooked: false });
  progress(`Filling the database: ${plan.appointments} appointments, ${plan.clinics} clinics …`);
  const place = { address: servers.database, database: databases.served, url: server.url, clinic };
  await fillDatabase(plan, place);
  return { settings, server, clinic };
}

/** @param {import('./options.mjs').Plan} plan @param {string} folder @param {import('./servers.mjs').BenchServers} servers */
async function measureUsual(plan, folder, servers) {
  const hasTimeFor = timekeeper(plan);
  const direct = productionSettings(servers, databases.direct);
  await migrate(direct, folder);
  progress('Rehearsing the bookings …');
  const rehearsed = await rehearse({ settings: direct, folder, size: plan.clinic, count: bookingsOf(plan) });
  const { settings, server, clinic } = await openClinic(plan, folder, servers);
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
  const starts = await measureStarts({ settings, folder, plan, hasTimeFor });
  progress('Connecting sockets …');
  const sockets = await measureSockets({ settings, folder, plan });
  const statements = rehearsed.bookings[0]?.map(({ text }) => text.replaceAll(/\s+/g, ' ').trim()) ?? [];
  return {
    series: [...reading, ...booking, ...race, ...logins, ...events, ...starts, ...sockets],
    statements,
  };
}

/** @param {import('./options.mjs').Plan} plan @returns {Scene['hasTimeFor']} */
function timekeeper({ lastRoundWithinSeconds = Infinity }) {
  const startedAt = performance.now();
  return (round) => round === 0 || performance.now() - startedAt < lastRoundWithinSeconds * 1000;
}
