import { setTimeout as delay } from 'node:timers/promises';

/** Waits for a condition to hold; fails when it does not within a minute: a busy machine takes its time. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Never happened: ${what}`);
    await delay(10);
  }
}
