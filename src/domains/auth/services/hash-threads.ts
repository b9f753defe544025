import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** What a thread is asked: to hash a password, or whether it is that of a hash. */
type Job = { readonly password: string; readonly cost?: number; readonly passwordHash?: string };
type Outcome = { readonly result?: unknown; readonly failure?: string };

/** Threads end when nobody has logged in for so long. */
const IDLE_MS = 10_000;

/**
 * Text, since a thread cannot be started from a file that is bundled or compiled on the way. Linux gives each thread a priority of its
 * own (sched(7)): with a low one it gets what requests leave of the processors.
 */
const PROGRAM = `
  const { readlinkSync } = require('node:fs');
  const { setPriority } = require('node:os');
  const { parentPort, workerData } = require('node:worker_threads');
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), 10);
  } catch {}
  const { compareSync, hashSync } = require(workerData);
  parentPort.on('message', ({ password, cost, passwordHash }) => {
    try {
      const result = passwordHash === undefined ? hashSync(password, cost) : compareSync(password, passwordHash);
      parentPort.postMessage({ result });
    } catch (error) {
      parentPort.postMessage({ failure: String(error) });
    }
  });`;

const bcrypt = createRequire(import.meta.url).resolve('bcrypt');

/** Runs bcrypt on threads that give way to everything else, each job on one of its own: the caller bounds how many there are. */
export const createHashThreads = () => {
  const idle: Worker[] = [];
  let ending: NodeJS.Timeout | undefined;

  const endIdle = () => {
    for (const worker of idle.splice(0)) void worker.terminate();
  };

  const start = (): Worker => {
    const worker = new Worker(PROGRAM, { eval: true, workerData: bcrypt });
    // A process that has nothing else to do need not wait for it.
    worker.unref();
    return worker;
  };

  const run = (job: Job): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const worker = idle.pop() ?? start();
      clearTimeout(ending);
      const settle = (act: () => void) => {
        worker.off('message', answered).off('error', reject).off('exit', died);
        ending = setTimeout(endIdle, IDLE_MS).unref();
        act();
      };
      const answered = ({ result, failure }: Outcome) => {
        idle.push(worker);
        settle(() => {
          if (failure === undefined) resolve(result);
          else reject(new Error(`bcrypt: ${failure}`));
        });
      };
      const died = () => {
        settle(() => {
          reject(new Error('A thread that hashes passwords has ended'));
        });
      };
      worker.on('message', answered).on('error', reject).on('exit', died);
      worker.postMessage(job);
    });

  return {
    hash: async (password: string, cost: number): Promise<string> => String(await run({ password, cost })),
    compare: async (password: string, passwordHash: string): Promise<boolean> =>
      (await run({ password, passwordHash })) === true,
  };
};
