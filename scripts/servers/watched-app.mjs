// @ts-check
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { keep } from './kept-process.mjs';
import { Problem } from './problem.mjs';
import { progress } from './say.mjs';

/** @typedef {import('./kept-process.mjs').KeptProcess} KeptProcess */

const noteExit = new URL('./note-exit.mjs', import.meta.url).href;
const migrateFirst = new URL('./migrate-first.mjs', import.meta.url).href;

/**
 * The API with restarts on every change of a file, and with migrations that are new. `ready` settles when it serves; until then an exit with an error is
 * a Problem, and later the next change starts it again.
 * @typedef {KeptProcess & { ready: () => Promise<void> }} WatchedApp
 */

/**
 * @param {{ root: string, folder: string, port: number, environment: NodeJS.ProcessEnv }} options
 * @returns {Promise<WatchedApp>}
 */
export async function startApp({ root, folder, port, environment }) {
  const exitNote = join(folder, 'exit-code');
  const migrationsNote = join(folder, 'migrations');
  for (const note of [exitNote, migrationsNote]) rmSync(note, { force: true });
  const app = await keep({
    command: join(root, 'node_modules', '.bin', 'tsx'),
    args: [
      'watch',
      '--clear-screen=false',
      `--include=${join('src', 'database', 'migrations', '*.sql')}`,
      `--import=${noteExit}`,
      `--import=${migrateFirst}`,
      join('src', 'server.ts'),
    ],
    cwd: root,
    env: { ...environment, PORT: String(port), EXIT_NOTE: exitNote, MIGRATIONS_NOTE: migrationsNote },
    record: join(folder, 'process.json'),
    graceMs: 20_000,
    group: true,
  });
  return { ...app, ready: () => untilReady(app, `http://localhost:${port}/health/ready`, exitNote) };
}

/** @param {KeptProcess} app @param {string} url @param {string} exitNote */
async function untilReady(app, url, exitNote) {
  let tellAt = performance.now() + 60_000;
  while (!(await answersOk(url))) {
    if (!app.isRunning()) throw new Problem('The API ended before it was ready; its output is above.');
    if (existsSync(exitNote)) {
      throw new Problem(
        `The API ended with exit code ${readFileSync(exitNote, 'utf8')}; its output is above.`,
      );
    }
    if (performance.now() > tellAt) {
      progress(`${url} is not ready after a minute; still waiting …`);
      tellAt = Infinity;
    }
    await delay(100);
  }
}

/** @param {string} url @returns {Promise<boolean>} */
function answersOk(url) {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => {
      resolve(false);
    });
  });
}
