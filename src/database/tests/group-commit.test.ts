import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { until } from '../../shared/tests/until.ts';
import { AppError, commonProblems } from '../../shared/utils/errors.ts';
import { createGroupCommit, pickGroup } from '../group-commit.ts';
import type { Outcome, Work } from '../shared-transaction.ts';
import { unwatched } from '../watch.ts';

const nothingKept = new Error('nothing was kept');

/** Works that answer their names; `together` is what a shared transaction makes of them. */
const aGroupCommit = (together: (names: readonly string[]) => Promise<void>) => {
  const groups: string[][] = [];
  const loners: string[] = [];
  const run = (work: Work) => work(undefined as never, undefined as never) as Promise<string>;
  const inGroup = createGroupCommit({
    watch: unwatched,
    alone: async <T>(work: Work<T>) => {
      const name = await run(work);
      loners.push(name);
      return name as T;
    },
    together: async (works) => {
      const names = await Promise.all(works.map(run));
      groups.push(names);
      await together(names);
      return names.map((value): Outcome => ({ status: 'fulfilled', value }));
    },
  });
  const book = (name: string, tenantId = 'ours', touches = [name]) =>
    inGroup(tenantId, touches, () => Promise.resolve(name));
  return { book, groups, loners };
};
const names = (count: number, prefix = '') => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

describe('who may share a transaction', () => {
  test('nobody shares with who touches the same; the first is always taken, and nobody is lost', () => {
    const touching = fc.array(fc.integer({ min: 0, max: 9 }).map(String), { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(touching, { minLength: 1 }), fc.integer({ min: 1, max: 8 }), (all, most) => {
        const waiting = all.map((touches) => ({ touches: [...new Set(touches)] }));
        const { group, rest } = pickGroup(waiting, most);
        const touched = group.flatMap(({ touches }) => touches);
        expect(new Set(touched).size).toBe(touched.length);
        expect(group[0]).toBe(waiting[0]);
        expect(group.length).toBeLessThanOrEqual(most);
        expect(new Set([...group, ...rest])).toEqual(new Set(waiting));
        expect(rest).toEqual(waiting.filter((each) => rest.includes(each)));
      }),
    );
  });

  test('what comes at once and touches nothing in common is one group, and who is alone is in none', async () => {
    const { book, groups, loners } = aGroupCommit(() => Promise.resolve());
    expect(await Promise.all(names(5).map((name) => book(name)))).toEqual(names(5));
    expect(await book('later')).toBe('later');
    expect({ groups, loners }).toEqual({ groups: [names(5)], loners: ['later'] });
  });

  test('tenants share nothing', async () => {
    const { book, groups } = aGroupCommit(() => Promise.resolve());
    await Promise.all([
      ...names(2, 'a').map((n) => book(n, 'ours')),
      ...names(2, 'b').map((n) => book(n, 'theirs')),
    ]);
    expect(groups).toEqual([names(2, 'a'), names(2, 'b')]);
  });

  test('whoever comes while groups run gathers for the next, unless these take long', async () => {
    const open: (() => void)[] = [];
    const { book, groups } = aGroupCommit(() => new Promise((resolve) => open.push(resolve)));
    const started = [book('a', 'ours'), book('b', 'ours')];
    await until(() => groups.length === 1);
    started.push(book('c'), book('d'));
    await until(() => groups.length === 2);
    started.push(book('e'), book('f'));
    // Nothing ends, and they run all the same.
    await until(() => groups.length === 3);
    for (const end of open) end();
    expect(await Promise.all(started)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });
});

test('those who cannot share with one another do not wait for one another', async () => {
  let started = 0;
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const inGroup = createGroupCommit({
    watch: unwatched,
    alone: (work) => work(undefined as never, undefined as never),
    together: () => Promise.reject(new Error('They cannot share')),
  });
  const made = names(20).map(() =>
    inGroup('ours', ['the same doctor'], async () => {
      started += 1;
      await ended;
    }),
  );
  await until(() => started === 20);
  end();
  await Promise.all(made);
});

describe('a group of which nothing was kept', () => {
  test('is made one by one, and the tenant’s next groups are smaller until some are kept', async () => {
    let isFailing = true;
    const { book, groups, loners } = aGroupCommit(() =>
      isFailing ? Promise.reject(nothingKept) : Promise.resolve(),
    );
    expect(await Promise.all(names(32).map((name) => book(name)))).toEqual(names(32));
    expect(loners.toSorted()).toEqual(names(32).toSorted());
    isFailing = false;
    await Promise.all(names(32).map((name) => book(name)));
    expect(groups.slice(0, 3).map(({ length }) => length)).toEqual([32, 16, 16]);
  });

  test('fails for all where it is not known whether anything was kept', async () => {
    const lost = new AppError(commonProblems.unavailable);
    const { book, loners } = aGroupCommit(() => Promise.reject(lost));
    const outcomes = await Promise.allSettled(names(3).map((name) => book(name)));
    expect(outcomes).toEqual(names(3).map(() => ({ status: 'rejected', reason: lost })));
    expect(loners).toEqual([]);
  });
});
