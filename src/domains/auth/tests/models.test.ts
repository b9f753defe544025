import { describe, expect, test } from '@jest/globals';
import { isComplete, lackOf } from '../models/identity.ts';
import { refreshExpiry, type Session, verdictOn } from '../models/session.ts';
import { leavesNoAdmin } from '../models/user.ts';
import { CreateUser } from '../validators/user.ts';

const now = new Date('2027-03-22T08:00:00Z');
const session: Session = {
  id: 'the-session',
  userId: 'the-user',
  refreshId: 'the-good-one',
  previousRefreshId: 'the-one-before',
  rotatedAt: now,
  address: '',
  userAgent: '',
  createdAt: now,
  lastSeenAt: now,
  expiresAt: refreshExpiry(now),
  revokedAt: null,
};

describe('a refresh token', () => {
  test('rotates its session once, for seven days', () => {
    expect(verdictOn(session, 'the-good-one', now)).toBe('rotate');
    expect(session.expiresAt).toEqual(new Date('2027-03-29T08:00:00Z'));
    expect(verdictOn(session, 'the-good-one', session.expiresAt)).toBe('expired');
  });

  test('betrays a theft when it has been replaced', () => {
    expect(verdictOn(session, 'an-older-one', now)).toBe('reused');
  });

  test('is answered once more for ten seconds after it was replaced, and not when its successor is used', () => {
    const after = (ms: number) => new Date(now.getTime() + ms);
    expect(verdictOn(session, 'the-one-before', after(10_000))).toBe('repeat');
    expect(verdictOn(session, 'the-one-before', after(10_001))).toBe('reused');
    const next = { ...session, refreshId: 'the-next', previousRefreshId: 'the-good-one' };
    expect(verdictOn(next, 'the-one-before', after(1))).toBe('reused');
  });

  test('does nothing to a session that has ended', () => {
    expect(verdictOn({ ...session, revokedAt: now }, 'an-older-one', now)).toBe('revoked');
  });
});

describe('the last administrator', () => {
  const next = { role: 'tenant_admin', active: true } as const;
  test('can be neither demoted nor deactivated', () => {
    expect(leavesNoAdmin(['a'], 'a', { ...next, role: 'doctor' })).toBe(true);
    expect(leavesNoAdmin(['a'], 'a', { ...next, active: false })).toBe(true);
  });

  test('can be renamed, and demoted once there is another', () => {
    expect(leavesNoAdmin(['a'], 'a', next)).toBe(false);
    expect(leavesNoAdmin(['a', 'b'], 'a', { ...next, role: 'doctor' })).toBe(false);
    expect(leavesNoAdmin(['a'], 'b', { ...next, role: 'doctor' })).toBe(false);
  });
});

test('super_admin is a role that nobody can give', () => {
  const body = { email: 'a@example.org', password: 'correct horse', firstName: 'A', lastName: 'B' };
  expect(CreateUser.safeParse({ ...body, role: 'doctor' }).success).toBe(true);
  expect(CreateUser.safeParse({ ...body, role: 'super_admin' }).success).toBe(false);
});

test('a doctor or patient without the profile may get one at any moment', () => {
  expect(isComplete({ userId: 'u', role: 'doctor' })).toBe(false);
  expect(isComplete({ userId: 'u', role: 'patient' })).toBe(false);
  expect(isComplete({ userId: 'u', role: 'doctor', doctorId: 'd' })).toBe(true);
  expect(isComplete({ userId: 'u', role: 'receptionist' })).toBe(true);
});

test('an account that is not set up lacks what the clinic asks of its role, and nothing where it asks for nothing', () => {
  const account = { role: 'patient', ownsEmail: true, emailVerified: false, hasSecondFactor: false } as const;
  const both = { requireEmailVerification: true, requireMfaForStaff: true };
  const none = { requireEmailVerification: false, requireMfaForStaff: false };
  expect(lackOf(account, both)).toBe('email_not_verified');
  expect(lackOf({ ...account, emailVerified: true }, both)).toBeUndefined();
  for (const role of ['tenant_admin', 'doctor', 'receptionist'] as const) {
    expect(lackOf({ ...account, role }, both)).toBe('mfa_setup_required');
    expect(lackOf({ ...account, role, hasSecondFactor: true }, both)).toBeUndefined();
    expect(lackOf({ ...account, role }, none)).toBeUndefined();
  }
  expect(lackOf(account, none)).toBeUndefined();
  expect(lackOf({ ...account, ownsEmail: false }, none)).toBe('email_not_verified');
});
