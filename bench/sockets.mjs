// @ts-check
/**
 * Connects idle sockets to the built server and to a Socket.IO that does nothing else, one after the other, and compares what a socket
 * costs: `npm run bench:sockets -- [--count 5000] [--no-build] [--mysql]`.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureDependencies } from '../scripts/servers/dependencies.mjs';
import { interruption } from '../scripts/servers/interruption.mjs';
import { writeJsonObject } from '../scripts/servers/json-file.mjs';
import { freePort } from '../scripts/servers/ports.mjs';
import { Problem, runProgram } from '../scripts/servers/problem.mjs';
import { projectRoot, requireNode } from '../scripts/servers/project.mjs';
import { print, progress } from '../scripts/servers/say.mjs';

const clinicSize = { doctors: 1, patients: 20, bookedDays: 1 };
const connectWithinMs = 240_000;
const settleMs = 3_000;
const samples = 5;

/** @typedef {{ rssBytes: number, heapUsedBytes: number }} Memory */
/** @typedef {{ name: string, sockets: number, connectedMs: number, rssKiBPerSocket: number, heapKiBPerSocket: number, rssMiB: number, lost: number }} Figures */

await runProgram(async () => {
  requireNode();
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '5000' },
      'no-build': { type: 'boolean' },
      mysql: { type: 'boolean' },
    },
  });
  const count = Number(values.count);
  if (!Number.isInteger(count) || count < 1 || count > 15_000) throw new Problem('--count is 1 to 15000.');
  const interrupted = interruption();
  await ensureDependencies(projectRoot);
  const outcome = await Promise.race([
    interrupted,
    measure({ count, isBuilt: values['no-build'] === true, mysql: values.mysql === true }),
  ]);
  return typeof outcome === 'string' ? 130 : outcome;
});

/** @param {{ count: number, isBuilt: boolean, mysql: boolean }} options @returns {Promise<number>} */
async function measure({ count, isBuilt, mysql }) {
  // Only now, since these need the dependencies.
  const { build, migrate, productionSettings, requireBuild, startBuiltServer } =
    await import('./built-server.mjs');
  const { makeClinic } = await import('./clinic.mjs');
  const { prepareDatabases } = await import('./driver.mjs');
  const { benchFolder, closeRunFolder, databases, openBenchServers, openRunFolder } =
    await import('./servers.mjs');
  const folder = await openRunFolder();
  try {
    if (!isBuilt) {
      progress('Building the server …');
      await build();
    }
    requireBuild();
    const servers = await openBenchServers(folder, mysql);
    await prepareDatabases(servers.database, Object.values(databases));
    const settings = productionSettings(servers, databases.served);
    await migrate(settings, folder);

    progress(`Connecting ${count} sockets to Socket.IO alone …`);
    const bare = await startBare(folder);
    const alone = await figuresOf('Socket.IO alone', { folder, count, url: bare.url, path: '/', token: 'x' });
    await bare.kill();

    progress(`Connecting ${count} sockets to the server …`);
    const server = await startBuiltServer({ settings, folder, name: 'server' });
    const { token } = await makeClinic(server.url, clinicSize);
    const ours = await figuresOf('the server', { folder, count, url: server.url, path: '/health', token });
    await server.stop();

    const ratio = Math.round((ours.rssKiBPerSocket / alone.rssKiBPerSocket) * 100) / 100;
    writeJsonObject(join(benchFolder, 'sockets.json'), { figures: [alone, ours], ratio });
    print(textOf([alone, ours], ratio));
    return alone.lost + ours.lost > 0 ? 1 : 0;
  } finally {
    await closeRunFolder(folder);
  }
}

/** @param {string} folder */
async function startBare(folder) {
  const { startNode } = await import('./node-child.mjs');
  const { waitUntilReady } = await import('./readiness.mjs');
  const port = await freePort();
  const log = join(folder, 'log', 'bare-socketio.log');
  const program = fileURLToPath(new URL('bare-socketio.mjs', import.meta.url));
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
  const { startNode } = await import('./node-child.mjs');
  const before = await memoryOf(url + path);
  let lost = 0;
  /** @type {() => Promise<unknown>} */
  let stopClients = () => Promise.resolve();
  const startedAt = performance.now();
  /** @type {Promise<void>} */
  const connected = new Promise((resolve, reject) => {
    const program = fileURLToPath(new URL('idle-clients.mjs', import.meta.url));
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
  const after = await memoryOf(url + path);
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

/** The least of a few looks, since what is not yet collected comes and goes. @param {string} url @returns {Promise<Memory>} */
async function memoryOf(url) {
  await delay(settleMs);
  const least = { rssBytes: Infinity, heapUsedBytes: Infinity };
  for (let sample = 0; sample < samples; sample += 1) {
    const { memory } = /** @type {{ memory: Memory }} */ (await (await fetch(url)).json());
    least.rssBytes = Math.min(least.rssBytes, memory.rssBytes);
    least.heapUsedBytes = Math.min(least.heapUsedBytes, memory.heapUsedBytes);
    await delay(500);
  }
  return least;
}

/** @param {readonly Figures[]} figures @param {number} ratio */
function textOf(figures, ratio) {
  const lines = figures.map(
    ({ name, sockets, connectedMs, rssKiBPerSocket, heapKiBPerSocket, rssMiB, lost }) =>
      `${name.padEnd(16)} ${sockets} sockets in ${connectedMs} ms, ${rssKiBPerSocket} KiB each (${heapKiBPerSocket} KiB of them heap), ${rssMiB} MiB in all, ${lost} lost`,
  );
  return [
    '',
    ...lines,
    '',
    `An idle socket takes ${ratio} times the memory of one of Socket.IO alone.`,
    '',
  ].join('\n');
}
