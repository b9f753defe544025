// @ts-check
import { join } from 'node:path';
import { Problem } from '../../scripts/servers/problem.mjs';
import { projectRoot } from '../../scripts/servers/project.mjs';
import { startBuiltServer } from '../built-server.mjs';
import { startNode } from '../node-child.mjs';

/** @typedef {import('../rows.mjs').Series} Series */

const imports = "await Promise.all([import('express'), import('mysql2/promise')])";

/**
 * Starts the built server until it is ready, and a Node that only imports Express and the driver, in turns.
 * @param {{ settings: Record<string, string> } & Pick<import('../benchmark.mjs').Scene, 'folder' | 'plan' | 'hasTimeFor'>} options
 * @returns {Promise<Series[]>}
 */
export async function measureStarts({ settings, folder, plan, hasTimeFor }) {
  /** @type {Series} */
  const bare = { name: 'node importing express and mysql2', rounds: [] };
  /** @type {Series} */
  const server = { name: 'start of the server until ready', baseline: bare.name, rounds: [] };
  for (let start = 0; start < plan.starts && hasTimeFor(start); start += 1) {
    bare.rounds.push({ times: [await timeOf(() => importOnly(folder))] });
    const { tookMs, kill } = await startOnce(settings, folder);
    server.rounds.push({ times: [tookMs] });
    await kill();
  }
  return [bare, server];
}

/** @param {() => Promise<unknown>} act */
async function timeOf(act) {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

/** @param {string} folder */
async function importOnly(folder) {
  const { code } = await startNode({
    args: ['--input-type=module', '--eval', imports],
    cwd: projectRoot,
    log: join(folder, 'log', 'imports.log'),
  }).exited;
  if (code !== 0) throw new Problem('Node could not import express and mysql2.');
}

/** @param {Record<string, string>} settings @param {string} folder */
async function startOnce(settings, folder) {
  const startedAt = performance.now();
  const { kill } = await startBuiltServer({ settings, folder, name: 'start' });
  return { tookMs: performance.now() - startedAt, kill };
}
