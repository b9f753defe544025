// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { progress } from '../../scripts/servers/say.mjs';
import { createApiClient, inWords } from '../api-client.mjs';
import { DAY_MS, freePath, slotsPath, visitsToBook } from '../calendar.mjs';
import { bearer } from '../clinic.mjs';

/** @typedef {import('../rows.mjs').Series} Series */
/** @typedef {import('../benchmark.mjs').Scene} Scene */

const workers = 4;
const visitsOfWorker = 50;
const looksInAll = 300;
/** Of all requests one in so many is a login, which takes as long as a thousand others. */
const loginEvery = 2_000;

/**
 * Works for some minutes at everything at once (reading, searching, booking, cancelling, logging in), and compares what the server
 * has taken of the memory at the end with what it had after the first tenth of the time.
 * @param {Pick<Scene, 'plan' | 'server' | 'clinic'>} scene
 * @returns {Promise<Series[]>}
 */
export async function measureMemory({ plan, server, clinic }) {
  const wholeMs = plan.memory.minutes * 60_000;
  const startedAt = performance.now();
  const isOver = () => performance.now() - startedAt > wholeMs;
  progress(`Working at everything for ${plan.memory.minutes} minutes …`);
  /** @type {{ failure?: string, requests: number }} */
  const work = { requests: 0 };
  // Of which no two workers ever want the same, since both numbers are multiples of theirs.
  const visits = await visitsToBook(clinic, workers * visitsOfWorker);
  const working = Array.from({ length: workers }, (_, worker) =>
    workUntil(isOver, worker, { server, clinic, visits }, work),
  );
  /** @type {{ at: number, mib: number }[]} */
  const looks = [];
  while (!isOver()) {
    await delay(wholeMs / looksInAll);
    looks.push({ at: performance.now() - startedAt, mib: await residentMiB(server.url) });
  }
  await Promise.all(working);
  const tenth = wholeMs / 10;
  const early = looks.filter(({ at }) => at > tenth / 2 && at <= tenth * 1.5);
  const late = looks.filter(({ at }) => at > wholeMs - tenth);
  const minute = {
    name: 'resident memory after a tenth of the time (MiB)',
    rounds: [{ times: early.map(({ mib }) => mib) }],
  };
  const failure = work.failure === undefined ? {} : { failure: work.failure };
  return [
    minute,
    {
      name: `resident memory after ${plan.memory.minutes} minutes, ${work.requests} requests (MiB)`,
      baseline: minute.name,
      rounds: [{ times: late.map(({ mib }) => mib), ...failure }],
    },
  ];
}

/** @param {string} url @returns {Promise<number>} */
async function residentMiB(url) {
  const { memory } = /** @type {{ memory: { rssBytes: number } }} */ (
    await (await fetch(`${url}/health`)).json()
  );
  return memory.rssBytes / 1024 / 1024;
}

/**
 * @param {() => boolean} isOver
 * @param {number} worker
 * @param {Pick<Scene, 'server' | 'clinic'> & { visits: import('../calendar.mjs').Visit[] }} scene
 * @param {{ failure?: string, requests: number }} work
 */
async function workUntil(isOver, worker, { server, clinic, visits }, work) {
  const { serviceId, doctorIds, bookedFrom, login } = clinic;
  const base = `${server.url}/api/v1`;
  const connection = createApiClient(base, 1);
  let caller = connection.with(bearer(clinic.token));
  /** @param {string} method @param {string} path @param {object} [body] */
  const send = async (method, path, body) => {
    work.requests += 1;
    const answer = await caller.send(method, path, body);
    const isFine = answer.status < 300 || answer.status === 409;
    if (!isFine) work.failure ??= `${method} ${path} answered ${inWords(answer)}`;
    return /** @type {{ id?: string }} */ (answer.body);
  };
  for (let turn = worker; !isOver(); turn += workers) {
    const doctorId = doctorIds[turn % doctorIds.length] ?? '';
    const from = new Date(bookedFrom.getTime() + (turn % 60) * DAY_MS);
    await send('GET', slotsPath(doctorId, serviceId, from, new Date(from.getTime() + 7 * DAY_MS)));
    await send('GET', slotsPath(doctorId, serviceId, from, new Date(from.getTime() + 30 * DAY_MS)));
    await send('GET', freePath(clinic, 14));
    await send('GET', '/appointments?limit=20');
    const visit = visits[turn % visits.length];
    if (visit) {
      const { id } = await send('POST', '/appointments', visit);
      if (id !== undefined) {
        await send('GET', `/appointments/${id}`);
        await send('DELETE', `/appointments/${id}`);
      }
    }
    if (turn % loginEvery < workers) {
      const answer = await clinic.anyone.send('POST', '/auth/login', login);
      const { tokens } = /** @type {{ tokens: { accessToken: string } }} */ (answer.body);
      // The first token lasts a quarter of an hour.
      caller = connection.with(bearer(tokens.accessToken));
    }
  }
  connection.close();
}
