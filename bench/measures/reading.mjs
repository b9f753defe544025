// @ts-check
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { freePort } from '../../scripts/servers/ports.mjs';
import { DAY_MS, freePath, slotsPath, visitsToBook } from '../calendar.mjs';
import { bearer, book } from '../clinic.mjs';
import { startNode } from '../node-child.mjs';
import { waitUntilReady } from '../readiness.mjs';

/** @typedef {import('../rows.mjs').Series} Series */
/** @typedef {import('../rows.mjs').Round} Round */
/** @typedef {import('../benchmark.mjs').Scene} Scene */
/** @typedef {{ url: string, headers: Record<string, string> }} Target */

const names = {
  http: 'bare node:http',
  express: 'bare Express 5',
  appointment: 'GET one appointment',
  week: 'slots of a doctor, 7 days',
  month: 'slots of a doctor, 30 days',
  free: 'next free of all doctors, 14 days: p99',
};

/**
 * Reads with the server and with the two bare programs that answer as much as one appointment, in turns.
 * @param {Scene} scene
 * @returns {Promise<Series[]>}
 */
export async function measureReading({ plan, hasTimeFor, folder, server, clinic }) {
  const [visit] = await visitsToBook(clinic, 1);
  if (visit === undefined) return [];
  const appointment = await book(clinic.reception, visit);
  const bare = await Promise.all(
    ['bare-http.mjs', 'bare-express.mjs'].map((program) => startBare(program, folder, appointment)),
  );
  const [doctorId = ''] = clinic.doctorIds;
  /** @param {string} path @returns {Target} */
  const ours = (path) => ({ url: `${server.url}/api/v1${path}`, headers: bearer(clinic.token) });
  /** @param {number} days */
  const slots = (days) => {
    const until = new Date(clinic.bookedFrom.getTime() + days * DAY_MS);
    return ours(slotsPath(doctorId, clinic.serviceId, clinic.bookedFrom, until));
  };
  /** @type {(Series & Target)[]} */
  const series = [
    { name: names.http, rounds: [], url: bare[0]?.url ?? '', headers: {} },
    { name: names.express, baseline: names.http, rounds: [], url: bare[1]?.url ?? '', headers: {} },
    {
      name: names.appointment,
      baseline: names.express,
      rounds: [],
      ...ours(`/appointments/${appointment.id}`),
    },
    { name: names.week, baseline: names.express, rounds: [], ...slots(7) },
    { name: names.month, baseline: names.express, rounds: [], ...slots(30) },
    { name: names.free, baseline: names.week, by: 'p99', rounds: [], ...ours(freePath(clinic, 14)) },
  ];
  const { connections, warmUpMs, roundMs } = plan.reading;
  for (const target of series) await fire(target, connections, warmUpMs);
  for (let round = 0; round < plan.rounds && hasTimeFor(round); round += 1) {
    for (const target of series) target.rounds.push(await fire(target, connections, roundMs));
  }
  await Promise.all(bare.map(({ child }) => child.kill()));
  return series.map(({ name, baseline, by, rounds }) => ({
    name,
    rounds,
    ...(baseline && { baseline }),
    ...(by && { by }),
  }));
}

/** @param {string} program @param {string} folder @param {unknown} answer */
async function startBare(program, folder, answer) {
  const port = await freePort();
  const log = join(folder, 'log', `${program}.log`);
  const child = startNode({
    args: [fileURLToPath(new URL(`../${program}`, import.meta.url)), String(port)],
    cwd: folder,
    log,
    env: { NODE_ENV: 'production', BENCH_ANSWER: JSON.stringify(answer) },
  });
  const url = `http://127.0.0.1:${port}/`;
  await waitUntilReady(url, child, log);
  return { url, child };
}

/**
 * Sends one request again and again over so many connections. Every answer must be 200.
 * @param {Target} target
 * @param {number} connections
 * @param {number} forMs
 * @param {number} [perSecond] at most; without it, as many as are answered
 * @returns {Promise<Round>}
 */
export function fire({ url, headers }, connections, forMs, perSecond) {
  return new Promise((resolve, reject) => {
    /** @type {number[]} */
    const times = [];
    /** @type {string | undefined} */
    let failure;
    const startedAt = performance.now();
    let tookMs = NaN;
    const pace = perSecond === undefined ? {} : { overallRate: perSecond };
    const options = { url, connections, headers, duration: 600, sampleInt: 20, ...pace };
    const cannon = autocannon(options, (error) => {
      if (times.length === 0) failure ??= `no answer within ${forMs} ms`;
      if (error) reject(error instanceof Error ? error : new Error(String(error)));
      else resolve({ times, perSecond: (times.length / tookMs) * 1000, ...(failure && { failure }) });
    });
    cannon.on('response', (_client, status, _bytes, ms) => {
      if (status !== 200) failure = `answered ${status}`;
      if (Number.isNaN(tookMs)) times.push(ms);
    });
    cannon.on('reqError', (error) => {
      failure = String(error);
    });
    setTimeout(() => {
      tookMs = performance.now() - startedAt;
      cannon.stop();
    }, forMs);
  });
}
