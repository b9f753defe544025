// @ts-check
/**
 * Starts the server of a build once, with nothing to connect to, and keeps what V8 compiled for that: `node keep-code.mjs FILE`. What V8 has
 * not compiled until then, no start asks for either.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, compile, run } from './load.mjs';

const ANSWERS_WITHIN_MS = 30_000;

/** Of the installation that is never there. */
const secret = () => randomBytes(32).toString('base64');
const nowhere = { host: '127.0.0.1', port: '1' };

async function freePort() {
  const server = createServer().listen(0, nowhere.host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' ? String(address?.port) : '';
}

/** @param {string} url */
async function isAnswered(url) {
  try {
    await (await fetch(url)).text();
    return true;
  } catch {
    return false;
  }
}

const [file = ''] = process.argv.slice(2);
const port = await freePort();
Object.assign(process.env, {
  NODE_ENV: 'production',
  LOG_LEVEL: 'silent',
  WORKERS: '0',
  PORT: port,
  JWT_ACCESS_SECRET: secret(),
  JWT_REFRESH_SECRET: secret(),
  MASTER_KEY: secret(),
  DB_HOST: nowhere.host,
  DB_PORT: nowhere.port,
  DB_PASSWORD: secret(),
  REDIS_HOST: nowhere.host,
  REDIS_PORT: nowhere.port,
});
const script = compile(file);
run(script, file, 'server');
const deadline = performance.now() + ANSWERS_WITHIN_MS;
while (!(await isAnswered(`http://${nowhere.host}:${port}/health/ready`))) {
  if (performance.now() > deadline) throw new Error('The server that was built does not answer.');
  await delay(20);
}
writeFileSync(codeOf(file), script.createCachedData());
process.exit(0);
