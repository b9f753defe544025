import { expect, test } from '@jest/globals';
import { type GroupVisit, idsOfEmpty, openStartsOf } from '../group-visit.ts';

const group = (id: string, seatsTaken: number, rest: Partial<GroupVisit> = {}): GroupVisit => ({
  id,
  doctorId: 'doctor',
  serviceId: 'yoga',
  roomId: null,
  startsAt: new Date(Number(id) * 1_000),
  seatsTaken,
  ...rest,
});

test('a group without a seat taken is empty', () => {
  expect(idsOfEmpty([group('1', 0), group('2', 1)])).toEqual(['1']);
});

test('starts are open where some seats are taken and some are left, of that doctor and service only', () => {
  const groups = [
    group('1', 0),
    group('2', 1),
    group('3', 3),
    group('4', 1, { doctorId: 'other' }),
    group('5', 1, { serviceId: 'other' }),
  ];
  const shared = { doctorId: 'doctor', serviceId: 'yoga', capacity: 3 };
  expect([...openStartsOf(groups, shared)]).toEqual([[2_000, 2]]);
});
