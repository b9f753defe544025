import { setTimeout as sleep } from 'node:timers/promises';
import { lastUsed } from '../shared/utils/last-used.ts';
import type { Places } from './event-bus.ts';

const LOOK_AGAIN_MS = 5;
/** Longer than a process takes for what it was given just before, and short enough for who waits behind one that was killed. */
const WAIT_AT_MOST_MS = 1_000;
const TENANTS_REMEMBERED = 10_000;

export type TenantOrder = {
  /** From now on, waiting for others takes a second at most in all. */
  patience(): Patience;
  /** What was before is done with, whatever became of it. */
  passed(tenantId: string, sequence: number): Promise<void>;
};
export type Patience = {
  /** Resolves when all that is before `sequence` is done with, or patience is at its end. */
  turnOf(tenantId: string, sequence: number): Promise<void>;
};

/**
 * Keeps the events of a tenant in order over all processes that share a consumer: each process has some of them, and handles them
 * when those before are done with. Where these do not come, because the bus lost its places or a process was killed, whoever waits goes on.
 */
export const createTenantOrder = (places: Places, signal: AbortSignal): TenantOrder => {
  /** How far this process has come itself; nobody ever lowers it. */
  const ours = lastUsed<number>(TENANTS_REMEMBERED);
  return {
    patience: () => {
      const end = performance.now() + WAIT_AT_MOST_MS;
      return {
        turnOf: async (tenantId, sequence) => {
          if ((ours.get(tenantId) ?? 0) >= sequence - 1) return;
          const isTurn = () => places.reached(tenantId, sequence - 1);
          while (!(await isTurn()) && performance.now() < end && !signal.aborted) {
            await sleep(LOOK_AGAIN_MS);
          }
        },
      };
    },
    passed: async (tenantId, sequence) => {
      await places.raise(tenantId, sequence);
      ours.set(tenantId, Math.max(sequence, ours.get(tenantId) ?? 0));
    },
  };
};
