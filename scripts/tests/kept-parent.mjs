// @ts-check
/** A launcher to be killed: keeps a process that takes its time to end, and prints that process's number. */
import { join } from 'node:path';
import { keep } from '../servers/kept-process.mjs';

const folder = process.argv[2] ?? '.';
const kept = await keep({
  command: process.execPath,
  args: [
    '-e',
    'process.on("SIGTERM", () => setTimeout(() => process.exit(), 50)); setInterval(() => {}, 1000)',
  ],
  cwd: folder,
  log: join(folder, 'log'),
  record: join(folder, 'process.json'),
  graceMs: 5_000,
  group: false,
});
process.stdout.write(`${kept.pid}\n`);
