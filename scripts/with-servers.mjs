// @ts-check
/**
 * Runs a command with the servers that `npm run dev` would use, and their settings in its environment:
 * `node scripts/with-servers.mjs -- tsx src/database/migrate.ts`. Private servers that run already are shared; otherwise
 * they are started for as long as the command takes.
 */
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { ensureDependencies } from './servers/dependencies.mjs';
import {
  configuredServers,
  devEnvironment,
  devLock,
  endDevLeftovers,
  joinDevServers,
  openDevServers,
} from './servers/dev-servers.mjs';
import { readEnvFile } from './servers/env-file.mjs';
import { interruption } from './servers/interruption.mjs';
import { stopAllKept } from './servers/kept-process.mjs';
import { takeLock, waitForLock } from './servers/lock.mjs';
import { Problem, runProgram } from './servers/problem.mjs';
import { projectRoot, requireNode } from './servers/project.mjs';
import { progress } from './servers/say.mjs';

await runProgram(async () => {
  const [separator, command, ...args] = process.argv.slice(2);
  if (separator !== '--' || command === undefined) {
    throw new Problem('Usage: node scripts/with-servers.mjs -- command [arguments]');
  }
  requireNode();
  const interrupted = interruption();
  await ensureDependencies(projectRoot);
  const fromFile = readEnvFile(join(projectRoot, '.env'));
  const configured = configuredServers(process.env, fromFile);
  const { servers, leave } = await enter(configured, [command, ...args].join(' '));
  try {
    const environment = devEnvironment(servers, configured, process.env, fromFile);
    return await run(command, args, environment, interrupted);
  } finally {
    await leave();
  }
});

/** @param {ReturnType<typeof configuredServers>} configured @param {string} title */
async function enter(configured, title) {
  const path = devLock(projectRoot);
  if (configured.database && configured.redis) {
    return { servers: await openDevServers(projectRoot, configured), leave: () => Promise.resolve() };
  }
  const { lock, holder } = takeLock(path, title);
  if (holder?.command === 'npm run dev') {
    return { servers: await joinDevServers(projectRoot, configured, holder), leave: () => Promise.resolve() };
  }
  const own = lock ?? (await waitForLock(path, title, tellWait));
  const leave = async () => {
    await stopAllKept();
    own.release();
  };
  try {
    await endDevLeftovers(projectRoot);
    progress('Starting the private servers …');
    const servers = await openDevServers(projectRoot, configured);
    return {
      servers,
      leave: async () => {
        await servers.redis.stop();
        await servers.database.stop();
        await leave();
      },
    };
  } catch (error) {
    await leave();
    throw error;
  }
}

/** @param {import('./servers/lock.mjs').LockHolder} holder */
function tellWait({ command, pid }) {
  progress(`Waiting for ${command} (pid ${pid}), which uses the same servers …`);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} environment
 * @param {Promise<NodeJS.Signals>} interrupted
 * @returns {Promise<number>}
 */
function run(command, args, environment, interrupted) {
  const path = [join(projectRoot, 'node_modules', '.bin'), environment['PATH'] ?? ''].join(delimiter);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: projectRoot,
      env: { ...environment, PATH: path },
      stdio: 'inherit',
    });
    void interrupted.then(() => child.kill());
    child.once('error', ({ message }) => {
      reject(new Problem(`Cannot run ${command}: ${message}`));
    });
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}
