// @ts-check
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What every node of a database cluster is told.
 * @param {import('../servers/programs.mjs').DatabaseProgram} program
 * @param {string} folder
 * @param {number} port
 */
export function nodeArguments(program, folder, port) {
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true, mode: 0o700 });
  return [
    ...(program.before ?? []),
    '--no-defaults',
    ...(program.options ?? []),
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    `--datadir=${join(folder, 'data')}`,
    `--tmpdir=${temporary}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    '--socket=server.sock',
    '--pid-file=server.pid',
    '--skip-name-resolve',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_520_ci',
    '--max-connections=500',
    '--innodb-buffer-pool-size=256M',
    // A node that is killed has what it committed all the same: the operating system has it.
    '--innodb-flush-log-at-trx-commit=2',
  ];
}
