// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '../../scripts/servers/problem.mjs';
import { visitsToBook } from '../calendar.mjs';
import { workOff } from '../clients.mjs';
import { book } from '../clinic.mjs';
import { connect, sendBooking } from '../driver.mjs';
import { databases } from '../servers.mjs';

/** @typedef {import('../rows.mjs').Series} Series */
/** @typedef {import('../rows.mjs').Round} Round */
/** @typedef {import('../benchmark.mjs').Scene} Scene */
/** @typedef {import('../driver.mjs').Connection} Connection */
/** @typedef {import('../record-bookings.mjs').Statement} Statement */

/** In which what the last bookings set off (their events) comes to its end. */
const pauseMs = 150;

/**
 * How many bookings a plan makes, each way. V8 compiles what runs for each of them well only after thousands, so most of the full plan's first
 * ones are not measured.
 * @param {import('../options.mjs').Plan} plan
 */
export function bookingsOf({ warmUp, rounds, booking }) {
  return warmUp + rounds * booking.reduce((sum, { count }) => sum + count, 0);
}

/** @param {import('../options.mjs').Plan['booking']} booking */
function mostClients(booking) {
  return Math.max(...booking.map(({ clients }) => clients));
}

/**
 * Books through the server, and sends the statements of as many bookings through the driver, in turns. Each booking has a
 * slot of its own.
 * @param {Scene} scene
 * @param {import('../rehearsal.mjs').Rehearsed} rehearsed
 * @returns {Promise<Series[]>}
 */
export async function measureBooking({ plan, hasTimeFor, clinic, servers, caller }, { session, bookings }) {
  const visits = await visitsToBook(clinic, bookingsOf(plan));
  const sent = [...bookings];
  const connections = await Promise.all(
    Array.from({ length: mostClients(plan.booking) }, () =>
      connect(servers.database, databases.direct, session),
    ),
  );
  const ways = {
    /** @param {number} clients @param {number} count */
    server: (clients, count) => makeAll(clients, visits.splice(0, count), (visit) => book(caller, visit)),
    /** @param {number} clients @param {number} count */
    driver: (clients, count) =>
      makeAll(clients, sent.splice(0, count), (statements, client) =>
        sendOn(connections[client], statements),
      ),
  };
  demandSuccess(await ways.server(connections.length, plan.warmUp));
  demandSuccess(await ways.driver(connections.length, plan.warmUp));
  const series = plan.booking.flatMap(({ clients }) => seriesOf(clients));
  for (let round = 0; round < plan.rounds && hasTimeFor(round); round += 1) {
    for (const [index, { clients, count }] of plan.booking.entries()) {
      const driver = series[index * 2];
      const server = series[index * 2 + 1];
      driver?.rounds.push(await ways.driver(clients, count));
      await delay(pauseMs);
      server?.rounds.push(await ways.server(clients, count));
      await delay(pauseMs);
    }
  }
  await Promise.all(connections.map((connection) => connection.end()));
  return series;
}

/** @param {Round} round */
function demandSuccess({ failure }) {
  if (failure !== undefined) throw new Problem(`Before the measurement of bookings, ${failure}`);
}

/** @param {number} clients @returns {Series[]} */
function seriesOf(clients) {
  const inClients = clients === 1 ? '1 client' : `${clients} clients`;
  const baseline = `statements of a booking, ${inClients}`;
  return [
    { name: baseline, rounds: [] },
    { name: `booking, ${inClients}`, baseline, rounds: [] },
  ];
}

/**
 * Works off all items. That one fails does not keep the others from being made, and fails the round.
 * @template Item
 * @param {number} clients
 * @param {readonly Item[]} items
 * @param {(item: Item, client: number) => Promise<unknown>} work
 * @returns {Promise<Round>}
 */
async function makeAll(clients, items, work) {
  /** @type {string[]} */
  const failures = [];
  const round = await workOff(clients, items, async (item, client) => {
    try {
      await work(item, client);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  });
  const [first] = failures;
  if (first === undefined) return round;
  return { ...round, failure: `${failures.length} of ${items.length} failed, the first: ${first}` };
}

/** @param {Connection | undefined} connection @param {Statement[]} statements */
async function sendOn(connection, statements) {
  if (connection === undefined) throw new Error('There are more clients than connections');
  await sendBooking(connection, statements);
}
