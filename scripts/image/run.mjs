// @ts-check
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf } from './build-layout.mjs';

/** @typedef {import('./build-layout.mjs').Layout} Layout */
/** @typedef {{ code: number | null, said: () => string }} Ended */

/**
 * Runs a command as a container would: with the environment of the image and `env`, and nothing of this process.
 * @param {Layout} layout
 * @param {readonly string[]} command
 * @param {Record<string, string>} env
 */
export function runInside(layout, [program = '', ...args], env) {
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    cwd: layout.cwd,
    env: { PATH: process.env['PATH'] ?? '', TMPDIR: '/tmp', ...layout.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...identityOf(layout),
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  /** @type {Promise<number | null>} */
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  ended.catch(() => undefined);
  return { child, ended, said: () => said };
}

/** @param {() => Promise<boolean>} look @param {number} timeoutMs */
export async function isSoon(look, timeoutMs) {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    if (await look()) return true;
    await sleep(100);
  }
  return false;
}
