import { describe, expect, test } from '@jest/globals';
import { permissionsOf, type Role } from '../../shared/config/permissions.ts';
import type { Ctx } from '../../shared/types/context.ts';
import { roomsOf, stillSubscribed } from '../rooms.ts';

const ctx = (role: Role, profile: Partial<Ctx> = {}): Ctx => ({
  requestId: 'r1',
  address: '::1',
  userAgent: '',
  tenantId: 't1',
  userId: 'u1',
  sessionId: 's1',
  role,
  permissions: permissionsOf(role),
  ...profile,
});
const OWN = ['t:t1', 't:t1:user:u1', 'session:s1'];

describe('without asking', () => {
  test('a receptionist is told every appointment', () => {
    expect(roomsOf(ctx('receptionist'))).toEqual([...OWN, 't:t1:staff']);
  });

  test('an administrator is told every appointment, and what concerns administrators', () => {
    expect(roomsOf(ctx('tenant_admin'))).toEqual([...OWN, 't:t1:admins', 't:t1:staff']);
  });

  test('a doctor is told the appointments of the own calendar only', () => {
    expect(roomsOf(ctx('doctor', { doctorId: 'd1' }))).toEqual([...OWN, 't:t1:doctor:d1']);
  });

  test('a patient is told the own appointments only, and those of whom they are guardian', () => {
    expect(roomsOf(ctx('patient', { patientId: 'p1' }))).toEqual([...OWN, 't:t1:patient:p1']);
    const guardian = ctx('patient', { patientId: 'p1', dependantIds: ['p2'] });
    expect(roomsOf(guardian)).toEqual([...OWN, 't:t1:patient:p1', 't:t1:patient:p2']);
  });
});

test('of the rooms of an earlier connection, only calendars of the same clinic are kept', () => {
  const before = ['t:t1:calendar:d1', 't:t2:calendar:d1', 't:t1:staff', 't:t1:doctor:d1', 'session:s0'];
  expect(stillSubscribed(ctx('patient'), before)).toEqual(['t:t1:calendar:d1']);
  expect(stillSubscribed(ctx('super_admin'), before)).toEqual([]);
});
