// @ts-check

/**
 * The value below which a share of the values lies (nearest rank); NaN of none.
 * @param {readonly number[]} values
 * @param {number} share between 0 and 1
 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? NaN) + upper) / 2 : upper;
}

/**
 * Each value as a multiple of the value of the same round beside it, and of these the median: what slows the whole machine
 * down for a while slows both.
 * @param {readonly number[]} values
 * @param {readonly number[]} besides
 */
export function medianRatio(values, besides) {
  return median(values.map((value, round) => value / (besides[round] ?? NaN)));
}

/**
 * Three digits are as many as a measurement on a shared machine has.
 * @param {number} value
 */
export function rounded(value) {
  return Number(value.toPrecision(3));
}
