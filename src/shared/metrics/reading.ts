/** What was read, or nothing where it could not be read in time. */
export type Reading<Value> = () => Promise<Value | undefined>;

const READ_WITHIN_MS = 1_000;
const KEPT_MS = 1_000;

/**
 * Asks a part of the system for figures, at most once a second however many gauges want them. One that is away or slow holds up
 * nobody for more than a second: its gauges are left out.
 */
export const createReading = <Value>(read: () => Promise<Value>): Reading<Value> => {
  let kept: { readonly at: number; readonly value: Promise<Value | undefined> } | undefined;

  const readInTime = async (): Promise<Value | undefined> => {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, READ_WITHIN_MS, undefined);
    });
    try {
      return await Promise.race([read(), tooLate]);
    } catch {
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  };

  return () => {
    const now = performance.now();
    if (kept === undefined || now - kept.at > KEPT_MS) kept = { at: now, value: readInTime() };
    return kept.value;
  };
};
