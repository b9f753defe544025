export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const MINUTES_PER_DAY = 1440;

/** The length of a UTC day. Local days differ: count those in dates, never in this. */
export const DAY_MS = MINUTES_PER_DAY * MINUTE_MS;
