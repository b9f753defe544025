// @ts-check
import { parseArgs } from 'node:util';
import { Problem } from '../scripts/servers/problem.mjs';

export const help = `npm run bench                  builds the server and measures it; takes a few minutes
npm run bench -- --quick       the same with few and short rounds, within a minute
npm run bench -- --mysql       on MySQL, fetched on Debian where it is missing
npm run bench -- --no-build    measures the build that is there
npm run bench -- --clinics N --appointments N   in a database of that size
npm run bench -- --growth      only that: a small database beside one of 10,000 clinics and 1,000,000 appointments
npm run bench -- --memory      only that: what the server takes up after a minute, and after ten, of mixed work
npm run bench -- --all         everything, these two as well; takes about half an hour
npm run bench -- --out FILE    writes the results to FILE as well
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
 * @property {number} warmUp bookings that are not measured
 * @property {{ clients: number, count: number }[]} booking
 * @property {{ rounds: number, clients: number, loneBookings: number }} race
 * @property {{ count: number, perSecond: number }} events
 * @property {number} starts
 * @property {{ rounds: number, count: number, readMs: number }} logins
 * @property {{ doctors: number, patients: number, bookedDays: number, isBooked?: boolean }} clinic half of the first `bookedDays` days is booked
 * @property {number} appointments that the clinic has
 * @property {number} clinics in the database
 * @property {{ clinics: number, appointments: number }} grown the larger database of the rows about growth, and of the smaller one:
 * @property {{ clinics: number, appointments: number }} small
 * @property {{ rounds: number, minutes: number }} memory
 * @property {number} sockets that are idle
 */

/** What a run measures. @typedef {{ usual: boolean, growth: boolean, memory: boolean }} Chapters */

/** @typedef {{ plan: Plan, chapters: Chapters, isQuick: boolean, mysql: boolean, build: boolean, json: boolean, out: string | undefined, help: boolean }} Options */

/** @type {Plan} */
const full = {
  rounds: 5,
  reading: { connections: 16, warmUpMs: 1_000, roundMs: 2_000 },
  warmUp: 3_000,
  booking: [
    { clients: 1, count: 200 },
    { clients: 8, count: 500 },
    { clients: 32, count: 800 },
  ],
  race: { rounds: 10, clients: 50, loneBookings: 15 },
  events: { count: 600, perSecond: 200 },
  logins: { rounds: 3, count: 32, readMs: 4_000 },
  starts: 7,
  clinic: { doctors: 50, patients: 400, bookedDays: 31 },
  appointments: 100_000,
  clinics: 200,
  small: { clinics: 10, appointments: 10_000 },
  grown: { clinics: 10_000, appointments: 1_000_000 },
  memory: { rounds: 1, minutes: 10 },
  sockets: 2_000,
};

/** @type {Plan} */
const quick = {
  rounds: 3,
  lastRoundWithinSeconds: 38,
  reading: { connections: 16, warmUpMs: 300, roundMs: 600 },
  warmUp: 200,
  booking: [
    { clients: 1, count: 60 },
    { clients: 8, count: 120 },
    { clients: 32, count: 240 },
  ],
  race: { rounds: 3, clients: 50, loneBookings: 10 },
  events: { count: 60, perSecond: 50 },
  logins: { rounds: 1, count: 6, readMs: 800 },
  starts: 3,
  clinic: { doctors: 5, patients: 60, bookedDays: 31 },
  appointments: 5_000,
  clinics: 20,
  small: { clinics: 2, appointments: 1_000 },
  grown: { clinics: 200, appointments: 20_000 },
  memory: { rounds: 1, minutes: 0.2 },
  sockets: 100,
};

/**
 * @param {string[]} args
 * @returns {Options}
 */
export function readOptions(args) {
  const { values } = parse(args);
  const isQuick = values.quick === true;
  const plan = isQuick ? quick : full;
  const [clinics, appointments] = [
    countIn('clinics', values.clinics),
    countIn('appointments', values.appointments),
  ];
  const [growth, memory] = [values.growth === true, values.memory === true];
  return {
    plan: {
      ...plan,
      clinics: clinics ?? plan.clinics,
      appointments: appointments ?? plan.appointments,
      grown: {
        clinics: clinics ?? plan.grown.clinics,
        appointments: appointments ?? plan.grown.appointments,
      },
    },
    chapters: {
      usual: values.all === true || !(growth || memory),
      growth: values.all === true || growth,
      memory: values.all === true || memory,
    },
    out: values.out,
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
        growth: { type: 'boolean' },
        memory: { type: 'boolean' },
        all: { type: 'boolean' },
        out: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : String(error)}\n\n${help.trimEnd()}`);
  }
}
