const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** How long a delivery is tried for. */
export const TRIED_FOR_MS = 72 * HOUR_MS;

/** The pauses after the first failures; from then on it is every six hours. */
const PAUSES_MS = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
];
const LONGEST_PAUSE_MS = 6 * HOUR_MS;

/** So that targets which failed together are not tried together: up to a fifth longer. */
const JITTER = 0.2;

type Failure = {
  /** How often it has been tried, this time included. */
  readonly attempts: number;
  readonly firstAttemptAt: Date;
  readonly now: Date;
  /** What the target asked for in `Retry-After`; never shortens the pause. */
  readonly retryAfterMs?: number | undefined;
  /** From 0 to 1. */
  readonly random: number;
};

/** When to try again; `undefined` once three days have passed since the first attempt. */
export const nextAttemptAt = ({
  attempts,
  firstAttemptAt,
  now,
  retryAfterMs = 0,
  random,
}: Failure): Date | undefined => {
  const giveUpAt = firstAttemptAt.getTime() + TRIED_FOR_MS;
  if (now.getTime() >= giveUpAt) return undefined;
  const pause = (PAUSES_MS[attempts - 1] ?? LONGEST_PAUSE_MS) * (1 + JITTER * random);
  const wanted = now.getTime() + Math.max(pause, Math.min(retryAfterMs, LONGEST_PAUSE_MS));
  return new Date(Math.min(wanted, giveUpAt));
};
