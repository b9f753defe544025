// @ts-check
import { Problem } from './problem.mjs';
import { progress } from './say.mjs';

const mostRestarts = 5;
const calmAfterMs = 60_000;

/**
 * Starts a server again whenever its process ends unasked. Never returns while that works; a server that keeps ending
 * is a Problem. Settles when `isEnding` says that the end is wanted.
 * @param {{ title: string, log: string } & import('./running-server.mjs').ServerControl} server
 * @param {() => boolean} isEnding
 */
export async function watchOver(server, isEnding) {
  for (let restarts = 0; ;) {
    const since = performance.now();
    const { code, signal } = await server.exited();
    if (isEnding()) return;
    if (performance.now() - since > calmAfterMs) restarts = 0;
    restarts += 1;
    const how = signal ?? `exit code ${code ?? 'unknown'}`;
    if (restarts > mostRestarts)
      throw new Problem(`${server.title} keeps ending (${how}); see ${server.log}`);
    progress(
      `${server.title} ended unexpectedly (${how}); starting it again (${restarts} of ${mostRestarts}) …`,
    );
    await server.restart();
    progress(`${server.title} is back.`);
  }
}
