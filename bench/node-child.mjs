// @ts-check
import { spawn } from 'node:child_process';
import { openLog } from '../scripts/servers/log-file.mjs';

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Exit */

/**
 * A Node program that this process runs. `exited` settles once it is gone; `stop` asks it to end, and
 * makes it after a while; `kill` makes it at once.
 * @typedef {{ exited: Promise<Exit>, isRunning: () => boolean, send: (message: string) => void, stop: () => Promise<Exit>, kill: () => Promise<Exit> }} NodeChild
 */

const stopWithinMs = 20_000;
const endWithParent = new URL('../scripts/servers/end-with-parent.mjs', import.meta.url).href;

/** @type {Set<NodeChild>} */
const running = new Set();

/**
 * Starts a Node program that gets none of the terminal's signals and ends when this process does, however that happens.
 * `env` is all of its environment, so that nothing of the developer's own settings reaches what is measured.
 * @param {{ args: string[], cwd: string, log: string, env?: Record<string, string>, onMessage?: (message: unknown) => void }} options
 * @returns {NodeChild}
 */
export function startNode({ args, cwd, log, env = {}, onMessage }) {
  const output = openLog(log);
  const child = spawn(process.execPath, [`--import=${endWithParent}`, ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
    serialization: 'advanced',
  });
  if (onMessage) child.on('message', onMessage);
  const exited = exitOf(child);
  /** @type {NodeChild} */
  const started = {
    exited,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    send: (message) => {
      child.send(message);
    },
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
      try {
        return await exited;
      } finally {
        clearTimeout(timer);
      }
    },
    kill: () => {
      child.kill('SIGKILL');
      return exited;
    },
  };
  running.add(started);
  const forget = () => running.delete(started);
  void exited.then(forget, forget);
  return started;
}

/** @param {import('node:child_process').ChildProcess} child @returns {Promise<Exit>} */
function exitOf(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
}

/** Ends every program that is still running. */
export async function killAllNode() {
  await Promise.all([...running].map((child) => child.kill()));
}
