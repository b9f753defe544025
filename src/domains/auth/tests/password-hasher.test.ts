import { describe, expect, test } from '@jest/globals';
import { getRounds, hashSync } from 'bcrypt';
import { NewPassword } from '../../../shared/types/password.ts';
import { createPasswordHasher, nobodysHash } from '../services/password-hasher.ts';

const passwords = createPasswordHasher({ bcryptCost: 4 });

describe('a password', () => {
  test('matches its own hash only', async () => {
    const hash = await passwords.hash('correct horse battery');
    expect(await passwords.matches('correct horse battery', hash)).toBe(true);
    expect(await passwords.matches('correct horse batterz', hash)).toBe(false);
    expect(await passwords.matches('correct horse battery', undefined)).toBe(false);
  });

  test('that only begins with the right 72 bytes does not match', async () => {
    const hash = await passwords.hash('a'.repeat(72));
    expect(await passwords.matches('a'.repeat(72), hash)).toBe(true);
    expect(await passwords.matches('a'.repeat(73), hash)).toBe(false);
  });

  test('does not end at a NUL', async () => {
    const hash = await passwords.hash('correct\0horse');
    expect(await passwords.matches('correct\0house', hash)).toBe(false);
  });

  test('of nobody is compared with as much work as that of anybody', () => {
    const nobody = nobodysHash(4);
    expect(getRounds(nobody)).toBe(4);
    // bcrypt would not work with a salt that is none.
    const ofAnybody = hashSync('correct horse battery', nobody.slice(0, 29));
    expect(ofAnybody).toHaveLength(nobody.length);
  });

  test('has ten characters at least and 72 bytes at most', () => {
    expect(NewPassword.safeParse('battery h').success).toBe(false);
    expect(NewPassword.safeParse('battery ho').success).toBe(true);
    expect(NewPassword.safeParse('üö'.repeat(18)).success).toBe(true);
    expect(NewPassword.safeParse('üö'.repeat(18) + 'x').success).toBe(false);
  });

  test.each(['password123', 'PASSWORD123', '1234567890', 'qwertyuiop', 'basketball', 'aaaaaaaaaaaa'])(
    'is not one that everybody tries first: %s',
    (password) => {
      expect(NewPassword.safeParse(password).success).toBe(false);
    },
  );

  test('needs neither digits nor signs nor capitals', () => {
    expect(NewPassword.safeParse('zwölf boxkämpfer').success).toBe(true);
  });

  test('is the same whether its accents were typed as one character or two', () => {
    expect(NewPassword.parse('cafe\u0301 au lait')).toBe(NewPassword.parse('caf\u00e9 au lait'));
  });
});

test('a storm of logins is answered 503 beyond a bounded queue, and the queue is worked off', async () => {
  const hash = await passwords.hash('correct horse battery');
  const storm = Array.from({ length: 400 }, () => passwords.matches('correct horse battery', hash));
  const outcomes = await Promise.allSettled(storm);
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(400);
  for (const outcome of refused)
    expect(outcome).toMatchObject({ reason: { problem: { code: 'unavailable' } } });
  expect(await passwords.matches('correct horse battery', hash)).toBe(true);
});
