// @ts-check
/** Preloaded into the watched server: before a start, applies migrations that were not there at the start before. MIGRATIONS_NOTE names the file that remembers them. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const folder = join('src', 'database', 'migrations');
const path = process.env['MIGRATIONS_NOTE'];
if (path !== undefined && isMainThread) {
  // Not for the processes that the server starts.
  delete process.env['MIGRATIONS_NOTE'];
  const found = readdirSync(folder).map((name) => `${name} ${statSync(join(folder, name)).mtimeMs}`);
  const now = found.sort().join('\n');
  if (existsSync(path) && readFileSync(path, 'utf8') !== now) {
    const tsx = join('node_modules', '.bin', 'tsx');
    const { status } = spawnSync(tsx, [join('src', 'database', 'migrate.ts')], { stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
  writeFileSync(path, now);
}
