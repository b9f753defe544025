// @ts-check
import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { tailOf } from '../scripts/servers/log-file.mjs';
import { Problem } from '../scripts/servers/problem.mjs';

const readyWithinMs = 60_000;
const askEveryMs = 5;

/**
 * Asks again and again until a program answers 200.
 * @param {string} url
 * @param {import('./node-child.mjs').NodeChild} child
 * @param {string} log
 */
export async function waitUntilReady(url, child, log) {
  const deadline = performance.now() + readyWithinMs;
  while (child.isRunning() && performance.now() < deadline) {
    if ((await statusOf(url)) === 200) return;
    await delay(askEveryMs);
  }
  const how = child.isRunning()
    ? `did not answer within ${readyWithinMs / 1000} seconds`
    : 'ended at its start';
  await child.kill();
  throw new Problem(`What serves ${url} ${how}. The end of ${log}:\n${tailOf(log)}`);
}

/** @param {string} url @returns {Promise<number | undefined>} */
function statusOf(url) {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => {
      resolve(undefined);
    });
  });
}
