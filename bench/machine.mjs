// @ts-check
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** What decides how fast anything can be here, and how busy the machine is now. */
export function describeMachine() {
  return {
    node: process.versions.node,
    system: `${process.platform} ${process.arch}`,
    cpus: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}
