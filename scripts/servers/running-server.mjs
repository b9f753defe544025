// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { keep } from './kept-process.mjs';
import { tailOf } from './log-file.mjs';
import { freePort, isPortFree } from './ports.mjs';
import { Problem } from './problem.mjs';

/** @typedef {import('./kept-process.mjs').Exit} Exit */
/** @typedef {import('./kept-process.mjs').KeptProcess} KeptProcess */
/** @typedef {import('./keeper.mjs').KeeperOrder} KeeperOrder */

/**
 * How to start a server on a port and how to see that it serves.
 * @typedef {{ title: string, order: (port: number) => KeeperOrder & { log: string, env?: NodeJS.ProcessEnv }, isReady: (port: number) => Promise<boolean>, readyWithinMs: number }} ServerPlan
 */

/**
 * What every private server can do. `exited` settles when the process of this moment has ended, for whatever reason;
 * `restart` starts it again, stopped or not, on the same port with the same data.
 * @typedef {{ pid: () => number, isRunning: () => boolean, exited: () => Promise<Exit>, stop: () => Promise<void>, kill: () => Promise<void>, restart: () => Promise<void> }} ServerControl
 */

/**
 * Starts a server and waits until it serves, on the wanted port or, when there is none or it is taken, on any free one.
 * @param {ServerPlan} plan
 * @param {number | undefined} wantedPort
 * @returns {Promise<ServerControl & { port: number }>}
 */
export async function startServer(plan, wantedPort) {
  const { port, kept: first } = await startOnSomePort(plan, wantedPort);
  let kept = first;
  const stop = async () => {
    await kept.stop();
  };
  return {
    port,
    pid: () => kept.pid,
    isRunning: () => kept.isRunning(),
    exited: () => kept.exited,
    stop,
    kill: async () => {
      await kept.kill();
    },
    restart: async () => {
      await stop();
      kept = await startOnPort(plan, port);
    },
  };
}

/** @param {ServerPlan} plan @param {number | undefined} wanted */
async function startOnSomePort(plan, wanted) {
  if (wanted !== undefined && (await isPortFree(wanted)))
    return { port: wanted, kept: await startOnPort(plan, wanted) };
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return { port, kept: await startOnPort(plan, port) };
    } catch (error) {
      // Between choosing a port and using it another program may have taken it.
      if (attempt === 3 || (await isPortFree(port))) throw error;
    }
  }
}

/** @param {ServerPlan} plan @param {number} port @returns {Promise<KeptProcess>} */
async function startOnPort({ title, order, isReady, readyWithinMs }, port) {
  const what = order(port);
  const kept = await keep(what);
  const deadline = performance.now() + readyWithinMs;
  while (kept.isRunning() && performance.now() < deadline) {
    if (await isReady(port)) return kept;
    await delay(25);
  }
  const timedOut = kept.isRunning();
  await kept.kill();
  const how = timedOut
    ? `did not serve within ${readyWithinMs / 1000} seconds`
    : 'ended while it was starting';
  throw new Problem(`${title} ${how}. The end of ${what.log}:\n${tailOf(what.log)}`);
}
