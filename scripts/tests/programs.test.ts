import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findDatabaseProgram, findRedisProgram, programTitle } from '../servers/programs.mjs';
import { scratchFolder } from './scratch.ts';

const root = scratchFolder();

/** A folder with programs that print what they are asked for with --version. */
function folderWith(name: string, programs: Record<string, string>): string {
  const folder = join(root, name);
  mkdirSync(folder);
  for (const [program, output] of Object.entries(programs)) {
    writeFileSync(join(folder, program), `#!/bin/sh\necho '${output}'\n`, { mode: 0o755 });
  }
  return folder;
}

test('MySQL is preferred to MariaDB, wherever it is', () => {
  const first = folderWith('mariadb', {
    mysqld: 'mysqld  Ver 10.11.6-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64',
  });
  const second = folderWith('mysql', {
    mysqld: '/usr/sbin/mysqld  Ver 8.4.3 for Linux on x86_64 (MySQL Community Server)',
  });
  const program = findDatabaseProgram({ folders: [first, second] });
  expect(program && programTitle(program)).toBe('MySQL 8.4.3');
  expect(findDatabaseProgram({ folders: [first] })?.engine).toBe('mariadb');
  expect(findDatabaseProgram({ folders: [first], engine: 'mysql' })).toBeUndefined();
});

test('a program that is too old, or that does not run, is not used', () => {
  const folder = folderWith('old', {
    mysqld: 'mysqld  Ver 5.7.44 for Linux',
    mariadbd: 'cannot open shared object file',
    'redis-server': 'Redis server v=5.0.14 sha=00000000:0',
  });
  expect(findDatabaseProgram({ folders: [folder] })).toBeUndefined();
  expect(findRedisProgram({ folders: [folder] })).toBeUndefined();
});

test('the tools package alone brings a Redis server', () => {
  const folder = folderWith('tools', { 'redis-check-rdb': 'Redis server v=7.0.15 sha=00000000:0' });
  expect(findRedisProgram({ folders: [folder] })).toMatchObject({
    engine: 'redis',
    argv0: join(folder, 'redis-server'),
  });
});

test('Valkey serves as well as Redis', () => {
  const folder = folderWith('valkey', { 'valkey-server': 'Valkey server v=8.0.1 sha=00000000:0' });
  expect(findRedisProgram({ folders: [folder] })).toMatchObject({ engine: 'valkey', version: [8, 0, 1] });
});
