// @ts-check
import { median, medianRatio, quantile, rounded } from './statistics.mjs';

/**
 * One measurement. A failed one says what was answered instead.
 * @typedef {object} Round
 * @property {number} [perSecond]
 * @property {number[]} times in milliseconds
 * @property {string} [failure]
 */

/**
 * A row as it is printed. `ratio` is how many times the baseline's requests per second there were, or how many times its time it took.
 * @typedef {object} Row
 * @property {string} name
 * @property {number | null} perSecond
 * @property {number | null} p50Ms
 * @property {number | null} p99Ms
 * @property {number | null} ratio
 * @property {string | null} baseline
 * @property {number[]} rounds requests per second, or else median milliseconds, of each round
 * @property {string | null} failure
 */

/** The rounds of one row; `by` says what is compared with the baseline when it is not the rate. @typedef {{ name: string, baseline?: string, by?: 'p99', rounds: Round[] }} Series */

/**
 * Sums up every series; medians over rounds, and percentiles over all requests of all rounds. A baseline is another series, by name.
 * @param {readonly Series[]} series
 * @returns {Row[]}
 */
export function toRows(series) {
  return series.map(({ name, baseline, by, rounds }) => {
    const failure = rounds.find((round) => round.failure !== undefined)?.failure ?? null;
    if (failure !== null) return failedRow(name, baseline, failure);
    const besides = series.find((other) => other.name === baseline)?.rounds;
    const times = rounds.flatMap((round) => round.times);
    const isRate = rounds.every(({ perSecond }) => perSecond !== undefined);
    const isComparable = besides?.every((round) => round.failure === undefined) === true;
    return {
      name,
      perSecond: isRate ? rounded(median(rounds.map(figureOf))) : null,
      p50Ms: rounded(quantile(times, 0.5)),
      p99Ms: rounded(quantile(times, 0.99)),
      ratio: isComparable
        ? rounded(medianRatio(rounds.map(comparedBy(by)), besides.map(comparedBy(by))))
        : null,
      baseline: baseline ?? null,
      rounds: rounds.map((round) => rounded(figureOf(round))),
      failure: null,
    };
  });
}

/** @param {'p99' | undefined} by @returns {(round: Round) => number} */
function comparedBy(by) {
  return by === 'p99' ? ({ times }) => quantile(times, 0.99) : figureOf;
}

/** @param {Round} round */
function figureOf({ perSecond, times }) {
  return perSecond ?? median(times);
}

/** @param {string} name @param {string | undefined} baseline @param {string} failure @returns {Row} */
function failedRow(name, baseline, failure) {
  return {
    name,
    perSecond: null,
    p50Ms: null,
    p99Ms: null,
    ratio: null,
    baseline: baseline ?? null,
    rounds: [],
    failure,
  };
}
