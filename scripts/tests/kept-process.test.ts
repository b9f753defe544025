import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { asObject, readJsonObject, writeJsonObject } from '../servers/json-file.mjs';
import { endLeftover, keep } from '../servers/kept-process.mjs';
import { isRunning, processRef, type ProcessRef } from '../servers/processes.mjs';
import { scratchFolder } from './scratch.ts';
import { until } from './until.ts';

const root = scratchFolder();
const program = fileURLToPath(new URL('./kept-parent.mjs', import.meta.url));

/** Starts a launcher that keeps a process, and tells the two apart. */
async function launch(name: string): Promise<{ launcher: ChildProcess; record: string; kept: ProcessRef }> {
  const folder = join(root, name);
  const launcher = spawn(process.execPath, [program, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: root,
  });
  const [line] = (await once(launcher.stdout, 'data')) as [Buffer];
  const kept = processRef(Number(line.toString()));
  if (kept === undefined) throw new Error('The kept process does not run.');
  return { launcher, record: join(folder, 'process.json'), kept };
}

test('a kept process ends when its launcher is killed with SIGKILL', async () => {
  const { launcher, record, kept } = await launch('killed');
  launcher.kill('SIGKILL');
  await until('the kept process ended', () => !isRunning(kept));
  await until('its record is gone', () => !existsSync(record));
});

test('the next start ends what a killed keeper left behind', async () => {
  const { launcher, record, kept } = await launch('orphaned');
  const exited = once(launcher, 'exit');
  launcher.kill('SIGSTOP');
  process.kill(Number(asObject(readJsonObject(record)?.['keeper'])?.['pid']), 'SIGKILL');
  launcher.kill('SIGKILL');
  await exited;
  expect(isRunning(kept)).toBe(true);

  await endLeftover(record);
  expect(isRunning(kept)).toBe(false);
  expect(existsSync(record)).toBe(false);
});

test('a record whose process number belongs to another process now harms nobody', async () => {
  const { launcher, record, kept } = await launch('reused');
  const stranger = { pid: kept.pid, mark: 'an earlier start' };
  writeJsonObject(record, { keeper: stranger, server: stranger });
  await endLeftover(record);
  expect(isRunning(kept)).toBe(true);
  launcher.kill('SIGKILL');
  await until('the kept process ended', () => !isRunning(kept));
});

test('a process that ignores SIGTERM is killed after its grace', async () => {
  const kept = await keep({
    command: process.execPath,
    args: ['-e', 'process.on("SIGTERM", () => {}); console.log("deaf"); setInterval(() => {}, 1000)'],
    cwd: root,
    log: join(root, 'deaf.log'),
    record: join(root, 'deaf.json'),
    graceMs: 100,
    group: false,
  });
  await until('the program is deaf', () => readFileSync(join(root, 'deaf.log'), 'utf8').includes('deaf'));
  expect(await kept.stop()).toEqual({ code: null, signal: 'SIGKILL' });
});

test('a program that cannot be run is a clear error', async () => {
  const order = { args: [], cwd: root, record: join(root, 'none.json'), graceMs: 100, group: false };
  await expect(keep({ ...order, command: '/nowhere/server' })).rejects.toThrow('Cannot run /nowhere/server');
});
