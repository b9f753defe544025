import { describe, expect, jest, test } from '@jest/globals';
import { createShortMemory } from '../short-memory.ts';

const standingClock = () => {
  let now = 0;
  return { now: () => new Date(now), advance: (ms: number) => (now += ms) };
};

describe('a short memory', () => {
  test('asks once for what is asked for at once, and again when the time is over', async () => {
    const clock = standingClock();
    const memory = createShortMemory<number>({ clock, forMs: 1_000, max: 10 });
    const ask = jest.fn(() => Promise.resolve(1));
    await Promise.all([memory.get('a', ask), memory.get('a', ask)]);
    clock.advance(999);
    await memory.get('a', ask);
    expect(ask).toHaveBeenCalledTimes(1);
    clock.advance(1);
    await memory.get('a', ask);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  test('does not remember an old answer that arrives after its key was forgotten', async () => {
    const memory = createShortMemory<string>({ clock: standingClock(), forMs: 1_000, max: 10 });
    const late = () => new Promise<string>((resolve) => setTimeout(resolve, 20, 'old'));
    const old = memory.get('a', late);
    memory.forget('a');
    const fresh = memory.get('a', () => Promise.resolve('new'));
    expect(await old).toBe('old');
    expect(await fresh).toBe('new');
    expect(await memory.get('a', () => Promise.resolve('newer'))).toBe('new');
  });

  test('does not remember a failure', async () => {
    const memory = createShortMemory<number>({ clock: standingClock(), forMs: 1_000, max: 10 });
    await expect(memory.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await memory.get('a', () => Promise.resolve(2))).toBe(2);
  });

  test('remembers a negative answer, unless it is told not to', async () => {
    const options = { clock: standingClock(), forMs: 1_000, max: 10 };
    const every = createShortMemory<number | undefined>(options);
    await every.get('a', () => Promise.resolve(undefined));
    expect(await every.get('a', () => Promise.resolve(1))).toBeUndefined();
    const some = createShortMemory<number | undefined>({ ...options, keeps: (value) => value !== undefined });
    await some.get('a', () => Promise.resolve(undefined));
    expect(await some.get('a', () => Promise.resolve(1))).toBe(1);
  });
});
