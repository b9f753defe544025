// @ts-check
import { inWords } from '../api-client.mjs';
import { visitsToBook } from '../calendar.mjs';
import { workOff } from '../clients.mjs';
import { book } from '../clinic.mjs';
import { median } from '../statistics.mjs';

/** @typedef {import('../rows.mjs').Series} Series */
/** @typedef {import('../rows.mjs').Round} Round */
/** @typedef {import('../benchmark.mjs').Scene} Scene */
/** @typedef {import('../calendar.mjs').Visit} Visit */

/**
 * Lets many patients ask for one slot at once. One must get it and all others be told that it is taken; measured is how
 * long the last of them waits, beside a booking that nobody disputes.
 * @param {Scene} scene
 * @returns {Promise<Series[]>}
 */
export async function measureRace({ plan: { race }, hasTimeFor, clinic, caller }) {
  const visits = await visitsToBook(clinic, race.rounds * (race.loneBookings + 1));
  /** @type {Series} */
  const lone = { name: 'one booking alone', rounds: [] };
  /** @type {Series} */
  const last = {
    name: `race of ${race.clients} for a slot: the last answer`,
    baseline: lone.name,
    rounds: [],
  };
  for (let round = 0; round < race.rounds && hasTimeFor(round); round += 1) {
    // Opens all connections beforehand.
    await Promise.all(clinic.patientIds.slice(0, race.clients).map(() => caller.send('GET', '/auth/me')));
    const { times } = await workOff(1, visits.splice(0, race.loneBookings), (visit) => book(caller, visit));
    lone.rounds.push({ times: [median(times)] });
    const [prize] = visits.splice(0, 1);
    if (!prize) continue;
    const racers = (await freePatients(caller, clinic.patientIds, prize)).slice(0, race.clients);
    last.rounds.push(await runRace(caller, prize, racers));
  }
  return [lone, last];
}

const AROUND_MS = 30 * 60_000;

/**
 * Those of the patients who have nothing else around that time: who has would hear that instead of losing.
 * @param {Scene['caller']} caller @param {string[]} patientIds @param {Visit} prize
 */
async function freePatients(caller, patientIds, { startsAt }) {
  const [from, to] = [-AROUND_MS, AROUND_MS].map((by) => new Date(Date.parse(startsAt) + by).toISOString());
  /** @type {Set<string>} */
  const busy = new Set();
  let cursor = '';
  do {
    const { body } = await caller.send('GET', `/appointments?from=${from}&to=${to}&limit=100${cursor}`);
    const page = /** @type {{ data: { patientId: string }[], nextCursor: string | null }} */ (body);
    for (const { patientId } of page.data) busy.add(patientId);
    cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
  } while (cursor !== '');
  return patientIds.filter((id) => !busy.has(id));
}

/** @param {Scene['caller']} caller @param {Visit} prize @param {string[]} patientIds @returns {Promise<Round>} */
async function runRace(caller, prize, patientIds) {
  const startedAt = performance.now();
  const answers = await Promise.all(
    patientIds.map((patientId) => caller.send('POST', '/appointments', { ...prize, patientId })),
  );
  const tookMs = performance.now() - startedAt;
  const winners = answers.filter(({ status }) => status === 201).length;
  const others = answers.filter((answer) => answer.status !== 201).map(inWords);
  const strangers = others.filter((words) => words !== '409 slot_taken');
  if (winners === 1 && strangers.length === 0) return { times: [tookMs] };
  return {
    times: [],
    failure: `${winners} of ${answers.length} got the slot; other answers: ${[...new Set(strangers)].join(', ') || 'none'}`,
  };
}
