// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asObject, readJsonObject } from './json-file.mjs';
import { Problem } from './problem.mjs';
import { asProcessRef, endProcess, hasEnded, isRunning } from './processes.mjs';

/** @typedef {import('./keeper.mjs').KeeperOrder} KeeperOrder */
/** @typedef {{ code: number | null, signal: string | null }} Exit */

/**
 * A running program that ends with this process at the latest. `exited` settles once it is gone.
 * @typedef {{ pid: number, exited: Promise<Exit>, isRunning: () => boolean, stop: () => Promise<Exit>, kill: () => Promise<Exit> }} KeptProcess
 */

const keeperProgram = fileURLToPath(new URL('./keeper.mjs', import.meta.url));

/** @type {Set<KeptProcess>} */
const running = new Set();

/**
 * Starts a program under a keeper: it gets none of the terminal's signals, and is stopped when this process ends.
 * @param {KeeperOrder & { env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<KeptProcess>}
 */
export function keep({ env = process.env, ...order }) {
  mkdirSync(dirname(order.record), { recursive: true, mode: 0o700 });
  if (order.log !== undefined) mkdirSync(dirname(order.log), { recursive: true, mode: 0o700 });
  const keeper = spawn(process.execPath, [keeperProgram, JSON.stringify(order)], {
    // Options of this process (a test runner's, a debugger's) are not meant for the keeper.
    env: { ...env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  /** @type {Exit | undefined} */
  let exit;
  /** @type {(request: 'stop' | 'kill') => void} */
  const ask = (request) => {
    if (keeper.connected) keeper.send(request, () => undefined);
  };
  return new Promise((resolve, reject) => {
    /** @type {KeptProcess | undefined} */
    let kept;
    /** @type {(exit: Exit) => void} */
    let settle;
    /** @type {Promise<Exit>} */
    const exited = new Promise((done) => (settle = done));
    keeper.once('error', reject);
    keeper.on('message', (message) => {
      const report = asObject(message) ?? {};
      if (typeof report['started'] === 'number') {
        kept = {
          pid: report['started'],
          exited,
          isRunning: () => exit === undefined,
          stop: () => (ask('stop'), exited),
          kill: () => (ask('kill'), exited),
        };
        running.add(kept);
        resolve(kept);
      } else if (typeof report['failed'] === 'string') {
        reject(new Problem(`Cannot run ${order.command}: ${report['failed']}`));
      } else {
        const { code, signal } = asObject(report['exited']) ?? {};
        exit = {
          code: typeof code === 'number' ? code : null,
          signal: typeof signal === 'string' ? signal : null,
        };
      }
    });
    const ended = async () => {
      // The keeper's last words may still be on their way when it has gone.
      if (keeper.connected) await once(keeper, 'disconnect');
      // A keeper that was killed leaves its program behind.
      await endLeftover(order.record, 0);
      if (kept) running.delete(kept);
      exit ??= { code: null, signal: 'SIGKILL' };
      settle(exit);
      reject(new Problem(`${order.command} could not be started.`));
    };
    keeper.once('exit', () => void ended());
  });
}

/** Stops every program that this process keeps, also a server that is not ready yet. */
export async function stopAllKept() {
  await Promise.all([...running].map((kept) => kept.stop()));
}

/** Ends every program that this process keeps at once; for servers whose data nobody wants. */
export async function killAllKept() {
  await Promise.all([...running].map((kept) => kept.kill()));
}

/**
 * Ends what an earlier process left running by a record file, and returns when it is gone. A keeper that lost its
 * parent is stopping its program already and is given `waitMs` for that.
 * @param {string} record
 * @param {number} [waitMs]
 */
export async function endLeftover(record, waitMs = 20_000) {
  const written = readJsonObject(record);
  if (written === undefined) return;
  const keeper = asProcessRef(written['keeper']);
  const server = asProcessRef(written['server']);
  if (keeper !== undefined && isRunning(keeper) && !(await hasEnded(keeper, waitMs)))
    await endProcess(keeper, waitMs);
  if (server !== undefined) await endProcess(server, 20_000);
  rmSync(record, { force: true });
}
