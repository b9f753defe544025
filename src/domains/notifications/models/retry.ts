import { MINUTE_MS } from '../../../shared/time/units.ts';

const FIRST_MS = 15_000;
const LONGEST_MS = 15 * MINUTE_MS;

/**
 * How long to wait after the `attempts`-th attempt: 15 seconds, doubled each time up to a quarter of an hour, of which `chance` (0 to 1)
 * takes up to half away, so that those who failed together do not come back together.
 */
export const backoffMs = (attempts: number, chance: number): number => {
  const full = Math.min(FIRST_MS * 2 ** Math.min(attempts - 1, 20), LONGEST_MS);
  return Math.round(full * (1 - chance / 2));
};
