const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** A worker that lived for so long did not die of how it was started. */
const WELL_AFTER_MS = 30_000;

/** How long to wait before a worker is replaced: not at all after one that was well, and longer each time while they end soon. */
export const createRestartPause = () => {
  let soonEnded = 0;
  return {
    /** A worker that served has ended. */
    ended: (livedMs: number): void => {
      soonEnded = livedMs > WELL_AFTER_MS ? 0 : soonEnded + 1;
    },
    /** A worker could not be started. */
    failed: (): void => {
      soonEnded += 1;
    },
    ms: (): number =>
      soonEnded === 0 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (soonEnded - 1), LONGEST_PAUSE_MS),
  };
};
