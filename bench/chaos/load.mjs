// @ts-check
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createApiClient, inWords } from '../api-client.mjs';
import { bearer } from '../clinic.mjs';

/** @typedef {import('../calendar.mjs').Visit} Visit */

/** A booking that was answered 201, when, and how often it had to be asked for. @typedef {{ id: string, place: string, at: number, asked: number }} Acknowledged */

const connections = 50;
const repeatAfterMs = 100;

/**
 * Books without pause, `perSecond` times a second, at one server after the other as behind a balancer. For each time two patients ask at once.
 * Whoever gets no answer, or is told to come later, asks again with the same key, at the next server.
 * @param {{ urls: () => string[], token: string, visits: Visit[], rivals: string[], perSecond: number }} options
 */
export function startLoad({ urls, token, visits, rivals, perSecond }) {
  /** @type {Map<string, ReturnType<typeof createApiClient>>} */
  const clients = new Map();
  /** @type {Acknowledged[]} */
  const acknowledged = [];
  /** @type {string[]} */
  const surprises = [];
  const counts = { refused: 0, repeated: 0, underWay: 0 };
  let turn = 0;
  let isOver = false;

  const nextClient = () => {
    const all = urls();
    turn += 1;
    const url = all[turn % all.length] ?? '';
    const known = clients.get(url);
    if (known) return known;
    const made = createApiClient(`${url}/api/v1`, connections).with(bearer(token));
    clients.set(url, made);
    return made;
  };

  /** @param {Visit} visit */
  const bookUntilAnswered = async (visit) => {
    const key = { 'Idempotency-Key': randomUUID() };
    for (let asked = 1; ; asked += 1) {
      const answer = await nextClient()
        .with(key)
        .send('POST', '/appointments', visit)
        .catch(() => undefined);
      const { id = '', code = '' } = /** @type {{ id?: string, code?: string }} */ (answer?.body ?? {});
      if (answer?.status === 201) {
        acknowledged.push({ id, place: `${visit.doctorId} ${visit.startsAt}`, at: performance.now(), asked });
        return;
      }
      if (answer?.status === 409 && code === 'slot_taken') {
        counts.refused += 1;
        return;
      }
      if (answer !== undefined && answer.status < 500 && code !== 'idempotency_in_progress') {
        surprises.push(inWords(answer));
        return;
      }
      if (answer !== undefined && answer.status !== 503 && answer.status >= 500)
        surprises.push(inWords(answer));
      counts.repeated += 1;
      await delay(repeatAfterMs);
    }
  };

  /** @param {Visit} visit @param {string} rival */
  const race = async (visit, rival) => {
    counts.underWay += 1;
    await Promise.all([bookUntilAnswered(visit), bookUntilAnswered({ ...visit, patientId: rival })]);
    counts.underWay -= 1;
  };

  const run = async () => {
    const startedAt = performance.now();
    /** @type {Promise<void>[]} */
    const races = [];
    for (const [i, visit] of visits.entries()) {
      const dueIn = startedAt + (i * 1_000) / perSecond - performance.now();
      if (dueIn > 0) await delay(dueIn);
      if (isOver) break;
      races.push(race(visit, rivals[i % rivals.length] ?? ''));
    }
    await Promise.all(races);
    for (const client of clients.values()) client.close();
  };
  const running = run();

  return {
    acknowledged,
    surprises,
    counts,
    /** Ends when everybody who asked was answered. */
    stop: async () => {
      isOver = true;
      await running;
    },
  };
}
