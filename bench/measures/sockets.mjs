// @ts-check
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../scripts/servers/ports.mjs';
import { Problem } from '../../scripts/servers/problem.mjs';
import { projectRoot } from '../../scripts/servers/project.mjs';
import { startBuiltServer } from '../built-server.mjs';
import { makeClinic } from '../clinic.mjs';
import { startNode } from '../node-child.mjs';
import { waitUntilReady } from '../readiness.mjs';

const clinicSize = { doctors: 1, patients: 20, bookedDays: 1, isBooked: false };
const connectWithinMs = 240_000;
/** What is connected for a first impression need not settle for long. */
const settleMsOf = (/** @type {number} */ count) => (count < 1_000 ? 200 : 3_000);
const samples = 5;

/** @typedef {{ rssBytes: number, heapUsedBytes: number }} Memory */
/** @typedef {{ name: string, sockets: number, connectedMs: number, rssKiBPerSocket: number, heapKiBPerSocket: number, rssMiB: number, lost: number }} Figures */

/**
 * Connects so many idle sockets to a Socket.IO that does nothing else, and then to the server.
 * @param {{ folder: string, count: number, settings: Record<string, string> }} options
 */
export async function compareSockets({ folder, count, settings }) {
  const bare = await startBare(folder);
  const alone = await figuresOf('Socket.IO alone', { folder, count, url: bare.url, path: '/', token: 'x' });
  await bare.kill();
  const server = await startBuiltServer({ settings, folder, name: 'sockets' });
  const { token } = await makeClinic(server.url, clinicSize);
  const ours = await figuresOf('the server', { folder, count, url: server.url, path: '/health', token });
  await server.stop();
  return { alone, ours };
}

/**
 * The same as rows of the table.
 * @param {{ folder: string, plan: import('../options.mjs').Plan, settings: Record<string, string> }} options
 * @returns {Promise<import('../rows.mjs').Series[]>}
 */
export async function measureSockets({ folder, plan, settings }) {
  const { alone, ours } = await compareSockets({ folder, settings, count: plan.sockets });
  const baseline = `an idle socket of Socket.IO alone (KiB)`;
  const failure = ours.lost > 0 ? { failure: `${ours.lost} of ${ours.sockets} sockets were lost` } : {};
  return [
    { name: baseline, rounds: [{ times: [alone.rssKiBPerSocket] }] },
    {
      name: `an idle socket of ${ours.sockets} (KiB)`,
      baseline,
      rounds: [{ times: [ours.rssKiBPerSocket], ...failure }],
    },
  ];
}

/** @param {string} folder */
async function startBare(folder) {
  const port = await freePort();
  const log = join(folder, 'log', 'bare-socketio.log');
  const program = fileURLToPath(new URL('../bare-socketio.mjs', import.meta.url));
  const child = startNode({
    args: [program, String(port)],
    cwd: projectRoot,
    log,
    env: { NODE_ENV: 'production' },
  });
  const url = `http://127.0.0.1:${port}`;
  await waitUntilReady(url, child, log);
  return { url, kill: child.kill };
}

/**
 * @param {string} name
 * @param {{ folder: string, count: number, url: string, path: string, token: string }} target
 * @returns {Promise<Figures>}
 */
async function figuresOf(name, { folder, count, url, path, token }) {
  const before = await memoryOf(url + path, settleMsOf(count));
  let lost = 0;
  /** @type {() => Promise<unknown>} */
  let stopClients = () => Promise.resolve();
  const startedAt = performance.now();
  /** @type {Promise<void>} */
  const connected = new Promise((resolve, reject) => {
    const program = fileURLToPath(new URL('../idle-clients.mjs', import.meta.url));
    const clients = startNode({
      args: [program],
      cwd: projectRoot,
      log: join(folder, 'log', 'idle-clients.log'),
      env: { BENCH_URL: url, BENCH_TOKEN: token, BENCH_SOCKETS: String(count) },
      onMessage: (message) => {
        const said = /** @type {{ connected?: number, failed?: string, lost?: string }} */ (message);
        if (said.lost !== undefined) lost += 1;
        if (said.failed !== undefined) reject(new Problem(`A socket could not connect: ${said.failed}`));
        if (said.connected !== undefined) resolve();
      },
    });
    stopClients = clients.kill;
    setTimeout(() => {
      reject(new Problem(`Not all of ${count} sockets connected within ${connectWithinMs / 1000} seconds.`));
    }, connectWithinMs).unref();
  });
  await connected;
  const connectedMs = Math.round(performance.now() - startedAt);
  const after = await memoryOf(url + path, settleMsOf(count));
  await stopClients();
  /** @param {keyof Memory} kind */
  const perSocket = (kind) => Math.round(((after[kind] - before[kind]) / count / 1024) * 10) / 10;
  return {
    name,
    sockets: count,
    connectedMs,
    rssKiBPerSocket: perSocket('rssBytes'),
    heapKiBPerSocket: perSocket('heapUsedBytes'),
    rssMiB: Math.round(after.rssBytes / 1024 / 1024),
    lost,
  };
}

/** The least of a few looks, since what is not yet collected comes and goes. @param {string} url @param {number} settleMs @returns {Promise<Memory>} */
async function memoryOf(url, settleMs) {
  await delay(settleMs);
  const least = { rssBytes: Infinity, heapUsedBytes: Infinity };
  for (let sample = 0; sample < samples; sample += 1) {
    const { memory } = /** @type {{ memory: Memory }} */ (await (await fetch(url)).json());
    least.rssBytes = Math.min(least.rssBytes, memory.rssBytes);
    least.heapUsedBytes = Math.min(least.heapUsedBytes, memory.heapUsedBytes);
    await delay(settleMs / 6);
  }
  return least;
}
