// @ts-check
/**
 * Connects idle sockets to the built server and to a Socket.IO that does nothing else, one after the other, and compares what a socket
 * costs: `npm run bench:sockets -- [--count 5000] [--no-build] [--mysql]`.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies } from '../scripts/servers/dependencies.mjs';
import { interruption } from '../scripts/servers/interruption.mjs';
import { writeJsonObject } from '../scripts/servers/json-file.mjs';
import { Problem, runProgram } from '../scripts/servers/problem.mjs';
import { projectRoot, requireNode } from '../scripts/servers/project.mjs';
import { print, progress } from '../scripts/servers/say.mjs';

/** @typedef {import('./measures/sockets.mjs').Figures} Figures */

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
  const { build, migrate, productionSettings, requireBuild } = await import('./built-server.mjs');
  const { compareSockets } = await import('./measures/sockets.mjs');
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

    progress(`Connecting ${count} sockets to Socket.IO alone, and then to the server …`);
    const { alone, ours } = await compareSockets({ folder, count, settings });

    const ratio = Math.round((ours.rssKiBPerSocket / alone.rssKiBPerSocket) * 100) / 100;
    writeJsonObject(join(benchFolder, 'sockets.json'), { figures: [alone, ours], ratio });
    print(textOf([alone, ours], ratio));
    return alone.lost + ours.lost > 0 ? 1 : 0;
  } finally {
    await closeRunFolder(folder);
  }
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
