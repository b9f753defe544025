// @ts-check
import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { inWords } from '../api-client.mjs';
import { workOff } from '../clients.mjs';
import { bearer } from '../clinic.mjs';
import { median } from '../statistics.mjs';
import { fire } from './reading.mjs';

/** @typedef {import('../rows.mjs').Series} Series */
/** @typedef {import('../benchmark.mjs').Scene} Scene */

const cost = 12;
const hashes = 3;
const readers = 4;
/** So few that reading by itself leaves the processors to the logins. */
const readsPerSecond = 50;

/**
 * Logs the receptionist in from twice as many clients as there are processors, beside what bcrypt alone could do on all of
 * them; and reads now and then meanwhile, beside the same reading while nobody logs in.
 * @param {Scene} scene
 * @returns {Promise<Series[]>}
 */
export async function measureLogins({ plan, server, clinic }) {
  const { anyone, login } = clinic;
  /** @type {Series} */
  const alone = { name: `bcrypt at cost ${cost} on all processors`, rounds: [] };
  /** @type {Series} */
  const logins = { name: 'login', baseline: alone.name, rounds: [] };
  /** @type {Series} */
  const calm = { name: 'GET /auth/me, nobody logs in', rounds: [] };
  /** @type {Series} */
  const busy = { name: 'GET /auth/me during logins: p99', baseline: calm.name, by: 'p99', rounds: [] };
  const target = { url: `${server.url}/api/v1/auth/me`, headers: bearer(clinic.token) };
  const hash = await bcrypt.hash(login.password, cost);
  for (let round = 0; round < plan.logins.rounds; round += 1) {
    const { times } = await workOff(1, Array(hashes).fill(0), () => bcrypt.compare(login.password, hash));
    alone.rounds.push({ times, perSecond: (availableParallelism() * 1000) / median(times) });
    calm.rounds.push(await fire(target, readers, plan.logins.readMs, readsPerSecond));
    /** @type {string[]} */
    const failures = [];
    const reading = fire(target, readers, plan.logins.readMs, readsPerSecond);
    const made = await workOff(availableParallelism() * 2, Array(plan.logins.count).fill(0), async () => {
      const answer = await anyone.send('POST', '/auth/login', login);
      if (answer.status !== 200) failures.push(inWords(answer));
    });
    logins.rounds.push({ ...made, ...(failures[0] && { failure: failures[0] }) });
    busy.rounds.push(await reading);
  }
  return [alone, logins, calm, busy];
}
