import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { lockHolder, takeLock, waitForLock } from '../servers/lock.mjs';
import { processRef } from '../servers/processes.mjs';
import { scratchFolder } from './scratch.ts';

const folder = scratchFolder();

test('a lock is refused while its holder lives, and says who that is', () => {
  const path = join(folder, 'held.json');
  takeLock(path, 'npm run dev').lock?.announce('http://localhost:3000');
  const { lock, holder } = takeLock(path, 'another');
  expect(lock).toBeUndefined();
  expect(holder).toMatchObject({ pid: process.pid, command: 'npm run dev', url: 'http://localhost:3000' });
});

test('a released lock is free', () => {
  const path = join(folder, 'released.json');
  takeLock(path, 'first').lock?.release();
  expect(existsSync(path)).toBe(false);
  expect(takeLock(path, 'second').lock).toBeDefined();
});

test('the lock of a process that was killed is taken over', async () => {
  const path = join(folder, 'stale.json');
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(other, 'spawn');
  writeFileSync(
    path,
    JSON.stringify({ ...processRef(Number(other.pid)), command: 'npm run dev', startedAt: '' }),
  );
  expect(takeLock(path, 'mine').holder?.pid).toBe(other.pid);
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(takeLock(path, 'mine').lock).toBeDefined();
  expect(lockHolder(path)?.pid).toBe(process.pid);
});

test('a later process with the same number does not count as the holder', () => {
  const path = join(folder, 'reused.json');
  writeFileSync(path, JSON.stringify({ pid: process.pid, mark: 'an earlier start', command: 'npm run dev' }));
  expect(takeLock(path, 'mine').lock).toBeDefined();
});

test('a damaged lock file is taken over', () => {
  const path = join(folder, 'damaged.json');
  writeFileSync(path, '{"pid":');
  expect(takeLock(path, 'mine').lock).toBeDefined();
});

test('whoever waits for a lock gets it when it is released', async () => {
  const path = join(folder, 'waited.json');
  const { lock } = takeLock(path, 'npm run seed');
  const waitedFor = await new Promise<string>((resolve, reject) => {
    waitForLock(path, 'second', ({ command }) => {
      lock?.release();
      resolve(command);
    }).catch(reject);
  });
  expect(waitedFor).toBe('npm run seed');
});
