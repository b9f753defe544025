import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll } from '@jest/globals';
import { freePort } from '../../scripts/servers/ports.mjs';
import { migrateTestDatabase, NO_RATE_LIMITS, testConfig } from '../../src/database/tests/test-database.ts';
import { until } from '../../src/shared/tests/until.ts';
import { createApi, type Api } from './api.ts';

type Exit = { readonly code: number | null; readonly signal: string | null };

/** The server as an operator runs it: a process of its own. */
export type ServerProcess = {
  readonly port: number;
  readonly url: string;
  readonly api: Api;
  readonly exited: Promise<Exit>;
  /** What it wrote to its standard output and standard error so far. */
  readonly said: { readonly out: string; readonly err: string };
  signal(name: 'SIGTERM' | 'SIGINT' | 'SIGKILL' | 'SIGHUP'): void;
  /** Waits until it accepts requests. */
  serves(withinMs?: number): Promise<void>;
  /** Waits until it refuses connections. */
  refuses(): Promise<void>;
};

/** Those that a test has not ended, because it failed: each would keep Jest from ending. */
const running = new Map<ChildProcess, Promise<Exit>>();
afterAll(async () => {
  for (const child of running.keys()) child.kill('SIGKILL');
  await Promise.all(running.values());
});

const isListening = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/health/live`, { headers: { Connection: 'close' } })).ok;
  } catch {
    return false;
  }
};

const SOURCES = ['--import', 'tsx', 'src/server.ts'];

/** Starts the server on this worker's database, with other settings where they are given: its sources, or what `program` names. */
export const startServerProcess = async (
  settings: Record<string, string> = {},
  program = SOURCES,
): Promise<ServerProcess> => {
  const config = testConfig();
  await migrateTestDatabase(config);
  const port = Number(settings['PORT'] ?? (await freePort()));
  const env = {
    ...process.env,
    NODE_ENV: 'test',
    NODE_OPTIONS: '',
    LOG_LEVEL: 'info',
    BCRYPT_COST: '4',
    ...NO_RATE_LIMITS,
    DB_NAME: config.database.name,
    PORT: String(port),
    ...settings,
  };
  const child = spawn(process.execPath, program, { env, stdio: 'pipe' });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });
  running.set(child, exited);
  const url = `http://127.0.0.1:${port}`;
  return {
    port,
    url,
    api: createApi(`${url}/api/v1`),
    exited,
    said,
    signal: (name) => {
      child.kill(name);
    },
    serves: async (withinMs = 20_000) => {
      await until(() => isListening(url), withinMs);
    },
    refuses: async () => {
      await until(async () => !(await isListening(url)));
    },
  };
};
