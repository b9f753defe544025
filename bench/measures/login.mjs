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
 * them; and once more while somebody reads now and then, beside the same reading while nobody logs in.
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
    logins.rounds.push(await logInOften(anyone, login, plan.logins.count));
    const reading = fire(target, readers, plan.logins.readMs, readsPerSecond);
    const { failure } = await logInOften(anyone, login, plan.logins.count);
    busy.rounds.push({ ...(await reading), ...(failure !== undefined && { failure }) });
  }
  return [alone, logins, calm, busy];
}

/**
 * @param {Scene['clinic']['anyone']} anyone @param {Scene['clinic']['login']} login @param {number} count
 * @returns {Promise<import('../rows.mjs').Round>}
 */
async function logInOften(anyone, login, count) {
  /** @type {string[]} */
  const failures = [];
  const made = await workOff(availableParallelism() * 2, Array(count).fill(0), async () => {
    const answer = await anyone.send('POST', '/auth/login', login);
    if (answer.status !== 200) failures.push(inWords(answer));
  });
  return { ...made, ...(failures[0] && { failure: failures[0] }) };
}
