// @ts-check
/**
 * Runs one program and ends it when the process that asked for it ends, however that ends: the channel between the
 * two closes with the parent, even on SIGKILL. Started by kept-process.mjs only, with a KeeperOrder as its argument.
 */
import { spawn } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';
import { writeJsonObject } from './json-file.mjs';
import { processRef } from './processes.mjs';

/**
 * What to run. `record` is the file that names the processes; `log` takes the output, which is otherwise the parent's.
 * `errors` leaves standard error to the parent all the same. `group` gives the program a process group, of which nothing is left when the program has ended.
 * @typedef {{ command: string, args: string[], argv0?: string, cwd: string, log?: string, errors?: boolean, record: string, graceMs: number, group: boolean }} KeeperOrder
 */

/** @typedef {{ started: number } | { failed: string } | { exited: { code: number | null, signal: string | null } }} KeeperReport */

/** @type {KeeperOrder} */
const order = readOrder(process.argv[2] ?? '');
const output = order.log === undefined ? 'inherit' : openSync(order.log, 'a', 0o600);

const child = spawn(order.command, order.args, {
  cwd: order.cwd,
  stdio: ['ignore', output, order.errors === true ? 'inherit' : output],
  detached: order.group,
  ...(order.argv0 === undefined ? {} : { argv0: order.argv0 }),
});

let stopping = false;

child.once('spawn', () => {
  writeJsonObject(order.record, { keeper: processRef(process.pid), server: processRef(Number(child.pid)) });
  report({ started: Number(child.pid) });
});
child.once('error', (error) => {
  report({ failed: error.message });
  leave();
});
child.once('exit', (code, signal) => {
  if (order.group) signalChild('SIGKILL');
  rmSync(order.record, { force: true });
  report({ exited: { code, signal } });
  leave();
});

process.on('message', (request) => {
  if (request === 'kill') signalChild('SIGKILL');
  else stop();
});
process.on('disconnect', stop);
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.on('SIGHUP', stop);
// The parent may have ended before this program could hear of it.
if (!process.connected) stop();

/** @param {string} text @returns {KeeperOrder} */
function readOrder(text) {
  /** @type {unknown} */
  const value = JSON.parse(text);
  return /** @type {KeeperOrder} */ (value);
}

function stop() {
  if (stopping) return;
  stopping = true;
  child.kill('SIGTERM');
  setTimeout(() => {
    signalChild('SIGKILL');
  }, order.graceMs).unref();
}

/** @param {NodeJS.Signals} signal */
function signalChild(signal) {
  if (!order.group || child.pid === undefined) {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is empty already.
  }
}

/** @param {KeeperReport} message */
function report(message) {
  if (process.connected) process.send?.(message);
}

function leave() {
  if (process.connected) process.disconnect();
}
