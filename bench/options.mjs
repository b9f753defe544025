// @ts-check
import { parseArgs } from 'node:util';
import { Problem } from '../scripts/servers/problem.mjs';

export const help = `npm run bench                  builds the server and measures it; takes a few minutes
npm run bench -- --quick       the same with few and short rounds, within a minute
npm run bench -- --mysql       on MySQL, fetched on Debian where it is missing
npm run bench -- --no-build    measures the build that is there
npm run bench -- --clinics N --appointments N   in a database of that size, to see what growth does
node bench/run.mjs --json      prints the results as JSON and nothing else

Needs nothing but Node: it starts a private database, durable, and a private Redis, and removes both at the end.
The results also go to .data/bench/latest.json. See bench/README.md for how to read them.
`;

/**
 * How much is measured. A booking row makes `count` bookings in each round.
 * @typedef {object} Plan
 * @property {number} rounds of every row but the race and the starts
 * @property {number} [lastRoundWithinSeconds] after which no further round begins; one there always is
 * @property {{ connections: number, warmUpMs: number, roundMs: number }} reading
 * @property {{ clients: number, count: number }[]} booking
 * @property {{ rounds: number, clients: number, loneBookings: number }} race
 * @property {{ count: number, perSecond: number }} events
 * @property {number} starts
 * @property {{ rounds: number, count: number }} logins
 * @property {{ doctors: number, patients: number, bookedDays: number, isBooked?: boolean }} clinic half of the first `bookedDays` days is booked
 * @property {number} appointments that the clinic has
 * @property {number} clinics in the database
 */

/** @typedef {{ plan: Plan, isQuick: boolean, mysql: boolean, build: boolean, json: boolean, help: boolean }} Options */

/** @type {Plan} */
const full = {
  rounds: 5,
  reading: { connections: 16, warmUpMs: 1_000, roundMs: 2_000 },
  booking: [
    { clients: 1, count: 200 },
    { clients: 8, count: 500 },
    { clients: 32, count: 800 },
  ],
  race: { rounds: 10, clients: 50, loneBookings: 15 },
  events: { count: 600, perSecond: 200 },
  logins: { rounds: 3, count: 16 },
  starts: 7,
  clinic: { doctors: 50, patients: 400, bookedDays: 31 },
  appointments: 100_000,
  clinics: 200,
};

/** @type {Plan} */
const quick = {
  rounds: 3,
  lastRoundWithinSeconds: 38,
  reading: { connections: 16, warmUpMs: 300, roundMs: 600 },
  booking: [
    { clients: 1, count: 60 },
    { clients: 8, count: 120 },
    { clients: 32, count: 240 },
  ],
  race: { rounds: 3, clients: 50, loneBookings: 10 },
  events: { count: 60, perSecond: 50 },
  logins: { rounds: 1, count: 4 },
  starts: 3,
  clinic: { doctors: 5, patients: 60, bookedDays: 31 },
  appointments: 5_000,
  clinics: 20,
};

/**
 * @param {string[]} args
 * @returns {Options}
 */
export function readOptions(args) {
  const { values } = parse(args);
  const isQuick = values.quick === true;
  const plan = isQuick ? quick : full;
  return {
    plan: {
      ...plan,
      clinics: countIn('clinics', values.clinics) ?? plan.clinics,
      appointments: countIn('appointments', values.appointments) ?? plan.appointments,
    },
    isQuick,
    mysql: values.mysql === true,
    build: values['no-build'] !== true,
    json: values.json === true,
    help: values.help === true,
  };
}

/** @param {string} name @param {string | undefined} text */
function countIn(name, text) {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,7}$/.test(text)) throw new Problem(`--${name} must be a count from 1 to 99999999.`);
  return Number(text);
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: 'boolean' },
        mysql: { type: 'boolean' },
        'no-build': { type: 'boolean' },
        clinics: { type: 'string' },
        appointments: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : String(error)}\n\n${help.trimEnd()}`);
  }
}
