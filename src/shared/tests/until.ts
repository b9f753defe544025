import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again and again until `look` answers something other than `undefined` or `false`; fails after `timeoutMs`. */
export const until = async <T>(
  look: () => T | Promise<T>,
  timeoutMs = 45_000,
): Promise<Exclude<Awaited<T>, undefined | false>> => {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen as Exclude<Awaited<T>, undefined | false>;
    if (performance.now() > deadline) throw new Error(`Not so within ${timeoutMs} ms: ${look.toString()}`);
    await sleep(5);
  }
};
