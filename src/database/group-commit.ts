import { AsyncResource } from 'node:async_hooks';
import { AppError } from '../shared/utils/errors.ts';
import type { Outcome, Work } from './shared-transaction.ts';
import type { DatabaseWatch } from './watch.ts';

type Waiting = {
  readonly touches: readonly string[];
  readonly work: Work;
  resolve(result: unknown): void;
  reject(error: unknown): void;
};

/** Those of one tenant. */
type Lane = { waiting: Waiting[]; underWay: number; most: number; isCalled: boolean };

type GroupCommitDeps = {
  readonly watch: Pick<DatabaseWatch, 'shared'>;
  alone<T>(work: Work<T>): Promise<T>;
  /** Throws an `AppError` where something may have been kept all the same. */
  together(works: readonly Work[]): Promise<Outcome[]>;
};

/** What is done for somebody is done in their span, whoever happened to begin the group. */
const inOwnContext = (work: Work): Work => {
  const context = new AsyncResource('SharedTransaction');
  return (...given) => context.runInAsyncScope(work, undefined, ...given);
};

const MOST_MEMBERS = 32;
/** Groups of a tenant that run at once; whoever comes meanwhile gathers for the next. */
const UNDER_WAY = 2;
/** Behind a group that waits for somebody's lock nobody else waits longer. */
const WAIT_MS = 20;

/** As many of those who wait, the first first, as touch nothing in common. */
export const pickGroup = <W extends { readonly touches: readonly string[] }>(
  waiting: readonly W[],
  most: number,
): { group: W[]; rest: W[] } => {
  const touched = new Set<string>();
  const group: W[] = [];
  const rest: W[] = [];
  for (const each of waiting) {
    if (group.length === most || each.touches.some((id) => touched.has(id))) {
      rest.push(each);
      continue;
    }
    group.push(each);
    for (const id of each.touches) touched.add(id);
  }
  return { group, rest };
};

/**
 * Lets transactions of a tenant that touch nothing in common share one, and its commit. Where not all can go on, each runs alone; a tenant whose
 * groups fail gets smaller ones for a while.
 */
export const createGroupCommit = ({ alone, together, watch }: GroupCommitDeps) => {
  const lanes = new Map<string, Lane>();

  const runAlone = ({ work, resolve, reject }: Waiting) => alone(work).then(resolve, reject);

  const runGroup = async (lane: Lane, group: readonly Waiting[]): Promise<void> => {
    const [first, ...others] = group;
    if (first && others.length === 0) {
      await runAlone(first);
      lane.most = Math.min(MOST_MEMBERS, lane.most + 1);
      return;
    }
    try {
      const outcomes = await together(group.map(({ work }) => work));
      for (const [i, outcome] of outcomes.entries()) {
        if (outcome.status === 'fulfilled') group[i]?.resolve(outcome.value);
        else group[i]?.reject(outcome.reason);
      }
      lane.most = Math.min(MOST_MEMBERS, lane.most + 1);
      watch.shared(group.length, 'kept');
    } catch (error) {
      watch.shared(group.length, 'undone');
      lane.most = Math.max(1, Math.floor(lane.most / 2));
      if (error instanceof AppError) for (const { reject } of group) reject(error);
      else await Promise.all(group.map(runAlone));
    }
  };

  const call = (tenantId: string, lane: Lane): void => {
    lane.isCalled = false;
    while (lane.waiting.length > 0 && lane.underWay < UNDER_WAY) {
      const { group, rest } = pickGroup(lane.waiting, lane.most);
      lane.waiting = rest;
      // Those who cannot share with one another run side by side, as many as the pool has connections for.
      if (group.length === 1 && rest.length > 0) {
        void runGroup(lane, group);
        continue;
      }
      lane.underWay += 1;
      let isCounted = true;
      const discount = () => {
        if (!isCounted) return;
        isCounted = false;
        clearTimeout(timer);
        lane.underWay -= 1;
        if (lane.waiting.length > 0) call(tenantId, lane);
        else if (lane.underWay === 0 && lane.most === MOST_MEMBERS) lanes.delete(tenantId);
      };
      const timer = setTimeout(discount, WAIT_MS);
      void runGroup(lane, group).finally(discount);
    }
  };

  return <T>(tenantId: string, touches: readonly string[], work: Work<T>): Promise<T> =>
    new Promise<unknown>((resolve, reject) => {
      const lane = lanes.get(tenantId) ?? { waiting: [], underWay: 0, most: MOST_MEMBERS, isCalled: false };
      lanes.set(tenantId, lane);
      lane.waiting.push({ touches, work: inOwnContext(work), resolve, reject });
      if (lane.isCalled) return;
      lane.isCalled = true;
      setImmediate(call, tenantId, lane);
    }) as Promise<T>;
};
