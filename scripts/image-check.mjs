// @ts-check
/**
 * Makes what the Dockerfile makes, in a folder and without Docker, and tries it: `npm run image:check`. Looks at what is in it, and starts it as its
 * own user, on a tree that is only read, in production, on a database of its own; then signs a clinic up.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { buildLayout } from './image/build-layout.mjs';
import { complaintsAbout, makeReadOnly, makeWritable, megabytes } from './image/contents.mjs';
import { contextFilter, readDockerfile } from './image/dockerfile.mjs';
import { isSoon, runInside } from './image/run.mjs';
import { asObject } from './servers/json-file.mjs';
import { freePort } from './servers/ports.mjs';
import { Problem, runProgram } from './servers/problem.mjs';
import { projectRoot } from './servers/project.mjs';
import { print, progress } from './servers/say.mjs';

/** @typedef {import('./image/build-layout.mjs').Layout} Layout */

const HELP = `npm run image:check             make what the Dockerfile makes, without Docker, and try it
npm run image:check -- --keep   the same, and leave the folder
`;
const READY_WITHIN_MS = 60_000;
const PASSWORD = 'correct horse battery';

await runProgram(async () => {
  const { help, keep } = readOptions();
  if (help) {
    print(HELP.trimEnd());
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'doctor-image-'));
  // Whoever the program runs as has to get in.
  chmodSync(folder, 0o755);
  try {
    const layout = await build(folder);
    lookAt(layout);
    makeReadOnly(layout.cwd);
    await refuses(layout);
    await onDatabase((settings) => tryOut(layout, settings));
    print('The image is what it should be.');
    return 0;
  } finally {
    if (keep) print(`It is in ${folder}.`);
    else {
      makeWritable(folder);
      rmSync(folder, { recursive: true, force: true });
    }
  }
});

function readOptions() {
  try {
    return parseArgs({ options: { help: { type: 'boolean' }, keep: { type: 'boolean' } } }).values;
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

/** @param {boolean} holds @param {() => string} complaint */
function demand(holds, complaint) {
  if (!holds) throw new Problem(complaint());
}

/** @param {string} folder */
function build(folder) {
  const read = (/** @type {string} */ name) => readFileSync(join(projectRoot, name), 'utf8');
  return buildLayout(readDockerfile(read('Dockerfile')), {
    context: projectRoot,
    folder,
    lets: contextFilter(read('.dockerignore')),
    tell: progress,
  });
}

/** @param {Layout} layout */
function lookAt({ cwd }) {
  const complaints = complaintsAbout(cwd, join(projectRoot, 'package-lock.json'));
  demand(complaints.length === 0, () => complaints.slice(0, 20).join('\n'));
  print(`It holds the program and its dependencies, ${megabytes(cwd)} MB, and nothing else.`);
}

/** Nobody set its secrets. @param {Layout} layout */
async function refuses(layout) {
  for (const command of [layout.command, ['node', 'dist/database/migrate.js']]) {
    const { ended, said } = runInside(layout, command, {});
    demand((await ended) === 1, () => `Without secrets it does not refuse to start: ${said()}`);
    for (const name of ['JWT_ACCESS_SECRET', 'JWT_REFRESH_SECRET', 'MASTER_KEY'])
      demand(
        said().includes(`${name} still has its default value`),
        () => `It does not name ${name}: ${said()}`,
      );
  }
  print('Without secrets it refuses to start, and names them.');
}

/** @param {(settings: Record<string, string>) => Promise<void>} use */
async function onDatabase(use) {
  const { DB_HOST = '', DB_PORT = '', DB_USER = '', DB_PASSWORD = '', ...others } = process.env;
  const { REDIS_HOST = '', REDIS_PORT = '', REDIS_PASSWORD = '' } = others;
  const DB_NAME = `doctor_image_${process.pid}`;
  const login = { host: DB_HOST, port: Number(DB_PORT), user: DB_USER, password: DB_PASSWORD };
  const connection = await createConnection(login);
  try {
    await connection.query(`CREATE DATABASE ${DB_NAME}`);
    const database = { DB_HOST, DB_PORT, DB_USER, DB_PASSWORD, DB_NAME };
    await use({ ...database, REDIS_HOST, REDIS_PORT, REDIS_PASSWORD, EVENT_STREAM: DB_NAME });
  } finally {
    await connection.query(`DROP DATABASE IF EXISTS ${DB_NAME}`);
    await connection.end();
  }
}

/** @param {Layout} layout @param {Record<string, string>} servers */
async function tryOut(layout, servers) {
  const secret = () => randomBytes(32).toString('base64');
  const port = String(await freePort());
  const secrets = { JWT_ACCESS_SECRET: secret(), JWT_REFRESH_SECRET: secret(), MASTER_KEY: secret() };
  const env = { ...servers, ...secrets, PORT: port, WORKERS: '2' };

  progress('Migrating …');
  const migration = runInside(layout, ['node', 'dist/database/migrate.js'], env);
  demand((await migration.ended) === 0, () => `The database could not be made: ${migration.said()}`);

  const isWell = async () => (await runInside(layout, layout.health, env).ended) === 0;
  demand(!(await isWell()), () => 'The health check is content although nothing runs.');
  const server = runInside(layout, layout.command, env);
  try {
    const hasStarted = await isSoon(
      () => Promise.race([isWell(), server.ended.then(() => true)]),
      READY_WITHIN_MS,
    );
    demand(
      hasStarted && server.child.exitCode === null,
      () => `It does not become healthy: ${server.said()}`,
    );
    print('It serves as a user without rights, from files that are only read, and its health check says so.');
    await useApi(`http://127.0.0.1:${port}`);
    print('A clinic signs up and logs in.');
    server.child.kill('SIGTERM');
    demand((await server.ended) === 0, () => `It does not end well: ${server.said()}`);
    demand(!(await isWell()), () => 'The health check is content although it has ended.');
    print('It ends when it is told to.');
  } finally {
    if (server.child.exitCode === null) server.child.kill('SIGKILL');
    await server.ended;
  }
}

/** @param {string} url */
async function useApi(url) {
  /** @param {string} path @param {number} status @param {RequestInit} request @param {Record<string, string>} [headers] */
  const call = async (path, status, request, headers = {}) => {
    const response = await fetch(url + path, {
      ...request,
      headers: { ...headers, 'Content-Type': 'application/json' },
    });
    const answer = await response.text();
    demand(response.status === status, () => `${path} answers ${response.status}: ${answer}`);
    return asObject(JSON.parse(answer)) ?? {};
  };
  /** @param {object} body */
  const post = (body) => ({ method: 'POST', body: JSON.stringify(body) });
  const { status } = await call('/health', 200, {});
  demand(status === 'ok', () => 'The health of the server is not ok.');
  const owner = { email: 'owner@example.org', password: PASSWORD, firstName: 'Kim', lastName: 'Example' };
  const clinic = { name: 'A Clinic', subdomain: 'a-clinic', timezone: 'Europe/Berlin', owner };
  await call('/api/v1/tenants', 201, post(clinic));
  const login = post({ email: owner.email, password: PASSWORD });
  const { tokens } = await call('/api/v1/auth/login', 200, login, { 'X-Tenant-Subdomain': 'a-clinic' });
  const Authorization = `Bearer ${String(asObject(tokens)?.['accessToken'])}`;
  const { email } = await call('/api/v1/auth/me', 200, {}, { Authorization });
  demand(email === owner.email, () => 'Somebody else has logged in.');
}
