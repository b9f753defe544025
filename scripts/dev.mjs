// @ts-check
/** Everything that a developer needs, in one command: `npm run dev`. See the help text below. */
import { readFileSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { ensureDependencies } from './servers/dependencies.mjs';
import {
  configuredServers,
  devEnvironment,
  devFolder,
  devLock,
  endDevLeftovers,
  openDevServers,
  resetDevFolder,
} from './servers/dev-servers.mjs';
import { readEnvFile } from './servers/env-file.mjs';
import { interruption } from './servers/interruption.mjs';
import { keep, stopAllKept } from './servers/kept-process.mjs';
import { takeLock, waitForLock } from './servers/lock.mjs';
import { nextFreePort } from './servers/ports.mjs';
import { Problem, runProgram } from './servers/problem.mjs';
import { projectRoot, requireNode } from './servers/project.mjs';
import { print, progress, strong } from './servers/say.mjs';
import { watchOver } from './servers/watch-over.mjs';
import { startApp } from './servers/watched-app.mjs';

/** @typedef {import('./servers/lock.mjs').Lock} Lock */

const help = `npm run dev                starts everything and serves the API until Ctrl-C
npm run dev -- --reset     the same with an empty database (deletes .data/dev)
npm run dev -- --help      this text

Installs what is missing, starts a private database and Redis under .data/dev, migrates, seeds a demo
clinic and serves on PORT (3000) or the next free port. With DB_HOST or REDIS_HOST in the environment
or in .env, those servers are used and none is started in their place.`;

const folder = devFolder(projectRoot);
/** @type {(() => Promise<unknown>)[]} in the order in which they were started */
const stops = [];
let ending = false;

await runProgram(async () => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    print(help);
    return 0;
  }
  requireNode();
  const interrupted = interruption();
  const lock = await lockOrRefuse();
  try {
    const signal = await Promise.race([interrupted, serve(lock, options.reset)]);
    progress(`\nStopping (${signal}) …`);
    return 0;
  } finally {
    ending = true;
    for (const stop of stops.reverse()) await stop();
    await stopAllKept();
    lock.release();
  }
});

/**
 * Runs until something goes wrong for good.
 * @param {Lock} lock
 * @param {boolean} reset
 * @returns {Promise<never>}
 */
async function serve(lock, reset) {
  const fromFile = readEnvFile(join(projectRoot, '.env'));
  const configured = configuredServers(process.env, fromFile);
  await ensureDependencies(projectRoot);
  if (reset) {
    progress('Deleting .data/dev …');
    await resetDevFolder(projectRoot);
  } else {
    await endDevLeftovers(projectRoot);
  }

  if (!configured.database || !configured.redis) progress('Starting the private servers …');
  const servers = await openDevServers(projectRoot, configured);
  stops.push(servers.database.stop, servers.redis.stop);
  const watchers = [servers.database.control, servers.redis.control].flatMap((server) =>
    server === undefined ? [] : [watchOver(server, () => ending)],
  );
  const environment = devEnvironment(servers, configured, process.env, fromFile);

  progress('Migrating …');
  await runTask('src/database/migrate.ts', environment);
  progress('Seeding the demo clinic …');
  const logins = await runTask('src/command-line/seed.ts', environment);

  const wantedPort = Number(environment['PORT'] || 3000);
  if (!Number.isInteger(wantedPort) || wantedPort < 1) throw new Problem('PORT is not a port number.');
  const port = await nextFreePort(wantedPort);
  if (port !== wantedPort) progress(`Port ${wantedPort} is taken; using ${port}.`);
  const app = await startApp({ root: projectRoot, folder: join(folder, 'app'), port, environment });
  stops.push(app.stop);
  await Promise.race([app.ready(), ...watchers]);
  const url = `http://localhost:${port}`;
  lock.announce(url);
  print(banner(url, logins, Boolean(environment['SMTP_URL'])));

  await Promise.race([app.exited, ...watchers]);
  throw new Problem('The API ended; its output is above.');
}

/** @param {string[]} args */
function readOptions(args) {
  const unknown = args.find((arg) => !['--reset', '--help', '-h'].includes(arg));
  if (unknown !== undefined) throw new Problem(`Unknown option ${unknown}\n\n${help}`);
  return { reset: args.includes('--reset'), help: args.includes('--help') || args.includes('-h') };
}

/** Waits for a short command such as the migration; another `npm run dev` is a reason to give up. @returns {Promise<Lock>} */
async function lockOrRefuse() {
  const { lock, holder } = takeLock(devLock(projectRoot), 'npm run dev');
  if (lock) return lock;
  if (holder.command === 'npm run dev') {
    const where = holder.url === undefined ? 'It is still starting' : `It serves ${holder.url}`;
    throw new Problem(
      `npm run dev is running already (pid ${holder.pid}). ${where}.\nStop it with Ctrl-C there first.`,
    );
  }
  return waitForLock(devLock(projectRoot), 'npm run dev', ({ command, pid }) => {
    progress(`Waiting for ${command} (pid ${pid}), which uses the same servers …`);
  });
}

/**
 * Runs a script to its end and returns what it printed.
 * @param {'src/database/migrate.ts' | 'src/command-line/seed.ts'} script
 * @param {NodeJS.ProcessEnv} environment
 */
async function runTask(script, environment) {
  const log = join(folder, 'log', `${basename(script, '.ts')}.log`);
  rmSync(log, { force: true });
  const task = await keep({
    command: join(projectRoot, 'node_modules', '.bin', 'tsx'),
    args: [script],
    cwd: projectRoot,
    env: environment,
    log,
    errors: true,
    record: join(folder, 'task', 'process.json'),
    graceMs: 10_000,
    group: true,
  });
  stops.push(task.stop);
  const { code } = await task.exited;
  const output = readFileSync(log, 'utf8').trimEnd();
  if (code === 0) return output;
  throw new Problem(`${output}\n${script} failed (exit code ${code ?? 'none'}).`.trimStart());
}

/** @param {string} url @param {string} logins @param {boolean} sendsMail */
function banner(url, logins, sendsMail) {
  return [
    '',
    `  ${strong('The API is ready')}`,
    '',
    `  API      ${url}/api/v1`,
    `  Swagger  ${url}/docs`,
    `  Health   ${url}/health`,
    `  Mail     ${sendsMail ? 'is sent by SMTP_URL' : `${url}/dev/mail`}`,
    `  Logs     ${relative(projectRoot, join(folder, 'log'))}`,
    '',
    ...(logins === '' ? [] : [logins.replace(/^(?=.)/gm, '  '), '']),
    '  Ctrl-C stops everything. npm run dev -- --reset starts over.',
    '',
  ].join('\n');
}
