// @ts-check
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { greetNats } from './handshake.mjs';
import { endLeftover } from './kept-process.mjs';
import { randomPassword } from './logins.mjs';
import { startServer } from './running-server.mjs';

/**
 * A private NATS with JetStream on loopback. `url` has the login; `empty` takes away all it holds, while it is stopped.
 * @typedef {import('./running-server.mjs').ServerControl & { port: number, url: string, login: { user: string, pass: string }, empty: () => void }} RunningNats
 */

/**
 * Starts a private NATS and returns when it answers. What an earlier process left running in the folder is ended first.
 * @param {{ folder: string, program: string }} options
 * @returns {Promise<RunningNats>}
 */
export async function startNats(options) {
  const folder = resolve(options.folder);
  const store = join(folder, 'store');
  const settings = join(folder, 'nats.conf');
  const log = join(folder, 'nats.log');
  const record = join(folder, 'process.json');
  const login = { user: 'app', pass: randomPassword() };

  mkdirSync(store, { recursive: true, mode: 0o700 });
  await endLeftover(record);
  const server = await startServer(
    {
      title: 'NATS',
      order: (port) => {
        // In a file and not among the arguments, which every user of the machine can read.
        const lines = [
          `listen: "127.0.0.1:${port}"`,
          `jetstream { store_dir: ${JSON.stringify(store)} }`,
          `authorization { user: ${login.user}, password: ${JSON.stringify(login.pass)} }`,
        ];
        writeFileSync(settings, `${lines.join('\n')}\n`, { mode: 0o600 });
        const args = ['--config', settings];
        return { command: options.program, args, cwd: folder, log, record, graceMs: 10_000, group: false };
      },
      isReady: async (port) => (await greetNats({ host: '127.0.0.1', port })) === 'ready',
      readyWithinMs: 60_000,
    },
    undefined,
  );
  return {
    ...server,
    login,
    url: `nats://${login.user}:${login.pass}@127.0.0.1:${server.port}`,
    empty: () => {
      rmSync(store, { recursive: true, force: true });
    },
  };
}
