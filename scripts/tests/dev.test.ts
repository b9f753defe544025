import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { endDevLeftovers } from '../servers/dev-servers.mjs';
import { asObject, readJsonObject } from '../servers/json-file.mjs';
import { freePort } from '../servers/ports.mjs';
import { asProcessRef, isRunning } from '../servers/processes.mjs';
import { projectRoot } from '../servers/project.mjs';
import { scratchFolder } from './scratch.ts';
import { until } from './until.ts';

const root = join(scratchFolder(), 'project');
const folder = join(root, '.data', 'dev');
const migrations = join(root, 'src', 'database', 'migrations');
const taken = createServer();

/** What the tests here see of the environment; the settings of the test run's own servers must not leak in. */
function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const foreign = /^(DB_|REDIS_|JWT_|NODE_ENV|NODE_OPTIONS|TEST_|JEST_)/;
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
    ...more,
  };
}

/** Starts `npm run dev` and collects what it says. */
function startDev(more: NodeJS.ProcessEnv, ...args: string[]) {
  const launcher = spawn(process.execPath, [join(root, 'scripts', 'dev.mjs'), ...args], {
    env: environment(more),
  });
  const said = { text: '' };
  for (const stream of [launcher.stdout, launcher.stderr]) {
    stream.on('data', (chunk: Buffer) => (said.text += chunk.toString()));
  }
  const exited = once(launcher, 'exit').then(([code]) => code as number | null);
  const ready = () =>
    until(`the banner after:\n${said.text}`, () => said.text.includes('Ctrl-C stops everything'));
  return { launcher, said, exited, ready };
}

function run(program: string, ...args: string[]) {
  return spawnSync(process.execPath, [join(root, 'scripts', program), ...args], {
    env: environment(),
    encoding: 'utf8',
  });
}

function serverOf(kind: 'database' | 'redis') {
  const ref = asProcessRef(readJsonObject(join(folder, kind, 'process.json'))?.['server']);
  if (ref === undefined) throw new Error(`No ${kind} runs.`);
  return ref;
}

beforeAll(async () => {
  mkdirSync(migrations, { recursive: true });
  cpSync(join(projectRoot, 'scripts'), join(root, 'scripts'), { recursive: true });
  cpSync(join(projectRoot, 'package-lock.json'), join(root, 'package-lock.json'));
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
  writeFileSync(
    join(root, 'src', 'database', 'migrate.ts'),
    'console.log(process.env.DB_NAME, process.env.DB_PORT);',
  );
  mkdirSync(join(root, 'src', 'command-line'));
  writeFileSync(join(root, 'src', 'command-line', 'seed.ts'), 'console.log("admin@demo.test");');
  writeFileSync(
    join(root, 'src', 'server.ts'),
    `import { createServer } from 'node:http';
    if (process.env.BROKEN) throw new Error('The configuration is wrong.');
    const server = createServer((request, response) => response.writeHead(request.url === '/health/ready' ? 200 : 404).end());
    server.listen(Number(process.env.PORT));
    process.on('SIGTERM', () => { console.log('The API says goodbye'); server.close(); server.closeAllConnections(); });`,
  );
  await once(taken.listen(await freePort()), 'listening');
});

afterAll(async () => {
  taken.close();
  await endDevLeftovers(root);
});

describe('npm run dev', () => {
  test('serves on the next free port, shares its servers, refuses a second start and stops everything', async () => {
    const address = taken.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const dev = startDev({ PORT: port });
    await dev.ready();
    expect(dev.said.text).toContain(`Port ${port} is taken`);
    expect(dev.said.text).toMatch(/API +http:\/\/localhost:\d+\/api\/v1/);
    expect(dev.said.text).toContain('admin@demo.test');
    const saved = readJsonObject(join(folder, 'servers.json'));
    expect(dev.said.text).not.toContain(String(asObject(saved?.['database'])?.['password']));
    expect(statSync(join(folder, 'servers.json')).mode & 0o077).toBe(0);

    const second = run('dev.mjs');
    expect(second.status).toBe(1);
    expect(second.stderr).toMatch(
      new RegExp(`running already \\(pid ${Number(dev.launcher.pid)}\\). It serves http://localhost:`),
    );

    const shared = run('with-servers.mjs', '--', 'tsx', 'src/database/migrate.ts');
    expect(shared.stdout).toBe(`doctor_appointment_db ${String(asObject(saved?.['database'])?.['port'])}\n`);

    const database = serverOf('database');
    process.kill(database.pid, 'SIGKILL');
    await until('the database is back', () => dev.said.text.includes('is back'));

    const servers = [serverOf('database'), serverOf('redis')];
    dev.launcher.kill('SIGINT');
    expect(await dev.exited).toBe(0);
    expect(dev.said.text).toContain('The API says goodbye');
    expect(servers.filter(isRunning)).toEqual([]);
    expect(existsSync(join(folder, 'lock.json'))).toBe(false);
  });

  test('takes over after a launcher that was killed, with the same data', async () => {
    const killed = startDev({ PORT: String(await freePort()) });
    await killed.ready();
    const made = readFileSync(join(folder, 'servers.json'), 'utf8');
    const before = [serverOf('database'), serverOf('redis')];
    killed.launcher.kill('SIGKILL');
    await killed.exited;

    const next = startDev({ PORT: String(await freePort()) });
    await next.ready();
    expect(before.filter(isRunning)).toEqual([]);
    expect(readFileSync(join(folder, 'servers.json'), 'utf8')).toBe(made);
    next.launcher.kill('SIGTERM');
    expect(await next.exited).toBe(0);
  });

  test('with --reset starts over; a new migration is applied before the API starts again', async () => {
    const before = readFileSync(join(folder, 'servers.json'), 'utf8');
    const dev = startDev({ PORT: String(await freePort()) }, '--reset');
    await dev.ready();
    expect(readFileSync(join(folder, 'servers.json'), 'utf8')).not.toBe(before);
    writeFileSync(join(migrations, '0001_new.sql'), 'SELECT 1;');
    await until('the migration', () => dev.said.text.includes('doctor_appointment_db '));
    dev.launcher.kill('SIGTERM');
    expect(await dev.exited).toBe(0);
  });

  test('ends with what is wrong when the API cannot start, and leaves nothing running', async () => {
    const dev = startDev({ BROKEN: '1', PORT: String(await freePort()) });
    expect(await dev.exited).toBe(1);
    expect(dev.said.text).toContain('The configuration is wrong.');
    expect(dev.said.text).toContain('The API ended with exit code 1');
    expect(existsSync(join(folder, 'database', 'process.json'))).toBe(false);
  });

  test('explains itself, and refuses what it does not know', () => {
    expect(run('dev.mjs', '--help').stdout).toContain('--reset');
    const wrong = run('dev.mjs', '--rest');
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toContain('Unknown option --rest');
  });
});

test('a command gets servers of its own when none run, and its exit code is passed on', () => {
  const alone = run(
    'with-servers.mjs',
    '--',
    'node',
    '-e',
    'console.log(process.env.REDIS_HOST); process.exit(3)',
  );
  expect(alone.stdout).toBe('127.0.0.1\n');
  expect(alone.status).toBe(3);
  expect(existsSync(join(folder, 'redis', 'process.json'))).toBe(false);
});
