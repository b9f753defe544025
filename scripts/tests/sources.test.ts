import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findSources } from '../servers/sources.mjs';
import { scratchFolder } from './scratch.ts';

const root = scratchFolder();
const log = join(root, 'log');
const refused = () =>
  Promise.resolve({ installed: false as const, reason: 'apt-get needs root, and there is no sudo' });

test('when nothing is found the error names every choice and why packages are none', async () => {
  const attempt = findSources({ root, wanted: ['database', 'redis'], log, folders: [], install: refused });
  const message = await attempt.then(String, String);
  expect(message).toMatch(/No MySQL or MariaDB and no Redis or Valkey could be found or installed/);
  for (const choice of [
    'DB_HOST',
    'REDIS_HOST',
    '.env',
    'mysqld',
    'mariadbd',
    'redis-server',
    'docker-compose.yml',
    'sudo',
  ]) {
    expect(message).toContain(choice);
  }
});

test('only what is missing is installed, and used at once', async () => {
  const folder = join(root, 'bin');
  mkdirSync(folder);
  const write = (name: string, output: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\necho '${output}'\n`, { mode: 0o755 });
  };
  write('mysqld', 'mysqld  Ver 8.4.3 for Linux');
  let asked: string[] = [];
  const found = await findSources({
    root,
    wanted: ['database', 'redis'],
    log,
    folders: [folder],
    install: (missing) => {
      asked = missing;
      write('redis-server', 'Redis server v=7.2.4 sha=0');
      return Promise.resolve({ installed: true });
    },
  });
  expect(asked).toEqual(['redis']);
  expect(found).toMatchObject({ database: { engine: 'mysql' }, redis: { engine: 'redis' } });
});

test('nothing is looked for when both servers are configured', async () => {
  expect(await findSources({ root, wanted: [], log, folders: [], install: refused })).toEqual({});
});
