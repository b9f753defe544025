import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'env-file-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const source = pathToFileURL(resolve('src/shared/config/config.ts')).href;
const script = `import { loadConfig } from '${source}'; console.log(loadConfig().appName, loadConfig().port);`;

/** What a process that starts in the folder reads. */
const load = (environment: Record<string, string>) =>
  execFileSync(process.execPath, ['--import', loader, '--input-type=module', '-e', script], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...environment },
    encoding: 'utf8',
  }).trim();

describe('the file .env', () => {
  test('fills in what the environment leaves open, and never overrides it', () => {
    writeFileSync(join(folder, '.env'), 'APP_NAME="From the file"\nPORT=4001\n');
    expect(load({})).toBe('From the file 4001');
    expect(load({ PORT: '4002' })).toBe('From the file 4002');
  });

  test('need not be there', () => {
    expect(load({ APP_NAME: 'Alone' })).toBe('Alone 3000');
  });
});
