// @ts-check
import { setTimeout as delay } from 'node:timers/promises';

/** @typedef {import('./topology.mjs').Part} Part */
/** @typedef {import('./load.mjs').Acknowledged} Acknowledged */

/** @typedef {{ name: string, killedAt: number, endedAt: number }} Fault */

/**
 * Kills a part, leaves it dead for a while, brings it back, and waits until the load has gone on for a while after that.
 * @param {Part} part
 * @param {{ secondsDead: number, secondsAfter: number }} times
 * @returns {Promise<Fault>}
 */
export async function strike(part, { secondsDead, secondsAfter }) {
  const killedAt = performance.now();
  await part.kill();
  await delay(secondsDead * 1_000);
  await part.restart();
  await delay(secondsAfter * 1_000);
  return { name: part.name, killedAt, endedAt: performance.now() };
}

/**
 * The longest time in which nobody was answered 201, from the fault until the next one; and how many had to ask more than once.
 * @param {Fault} fault
 * @param {readonly Acknowledged[]} acknowledged
 */
export function effectOf({ killedAt, endedAt }, acknowledged) {
  const within = acknowledged.filter(({ at }) => at >= killedAt && at <= endedAt);
  const moments = [killedAt, ...within.map(({ at }) => at).sort((a, b) => a - b), endedAt];
  const gaps = moments.slice(1).map((at, i) => at - (moments[i] ?? at));
  return {
    secondsWithout: Math.max(...gaps) / 1_000,
    booked: within.length,
    askedAgain: within.filter(({ asked }) => asked > 1).length,
  };
}
