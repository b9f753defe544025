// @ts-check
/** Preloaded into the watched server: notes a failing exit code in the file that EXIT_NOTE names. */
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const path = process.env['EXIT_NOTE'];
if (path !== undefined && isMainThread) {
  // Not for the processes that the server starts.
  delete process.env['EXIT_NOTE'];
  process.on('exit', (code) => {
    if (code !== 0) writeFileSync(path, String(code));
  });
}
