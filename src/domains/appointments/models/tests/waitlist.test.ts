import { describe, expect, test } from '@jest/globals';
import { freedBy } from '../freed-time.ts';
import { isSameWish, suits, type Wishes } from '../waitlist.ts';

const ZONE = 'Europe/Berlin';
const anyTime: Wishes = {
  earliest: new Date('2027-03-22T00:00:00Z'),
  latest: new Date('2027-03-29T00:00:00Z'),
  daysOfWeek: null,
  timeRange: null,
};
const visit = (startsAt: string, minutes = 30) => ({
  startsAt: Date.parse(startsAt),
  endsAt: Date.parse(startsAt) + minutes * 60_000,
});
const fits = (wishes: Partial<Wishes>, startsAt: string, minutes?: number) =>
  suits({ ...anyTime, ...wishes }, visit(startsAt, minutes), ZONE);

describe('the same wish', () => {
  const [hours, otherHours] = [
    { startTime: 540, endTime: 720 },
    { startTime: 540, endTime: 725 },
  ];
  const wish = { ...anyTime, doctorId: null, specialization: null, serviceId: 's1' };
  const cardiology = { ...wish, specialization: 'Cardiology', daysOfWeek: [1, 3], timeRange: hours };

  test('names the same days in any order, and the specialization in any letters', () => {
    const written = {
      ...cardiology,
      specialization: 'cardiology',
      daysOfWeek: [3, 1],
      timeRange: { ...hours },
    };
    expect(isSameWish(cardiology, { ...written, earliest: new Date(wish.earliest) })).toBe(true);
  });

  test.each([
    ['doctor', { doctorId: 'd1' }],
    ['specialization', { specialization: null }],
    ['service', { serviceId: 's2' }],
    ['earliest', { earliest: new Date('2027-03-22T00:00:00.001Z') }],
    ['latest', { latest: new Date('2027-03-29T00:05:00Z') }],
    ['days', { daysOfWeek: [1] }],
    ['no days', { daysOfWeek: null }],
    ['hours', { timeRange: otherHours }],
    ['no hours', { timeRange: null }],
  ])('is another with another %s', (_part, other) => {
    expect(isSameWish(cardiology, { ...cardiology, ...other })).toBe(false);
  });
});

describe('what suits a waiting patient', () => {
  test.each([
    ['2027-03-21T23:59:00Z', false],
    ['2027-03-22T00:00:00Z', true],
    ['2027-03-29T00:00:00Z', true],
    ['2027-03-29T00:05:00Z', false],
  ])('starts from earliest to latest, both included: %s is %p', (startsAt, expected) => {
    expect(fits({}, startsAt)).toBe(expected);
  });

  test('falls on one of the days of the doctor’s calendar, not of UTC', () => {
    const mondayInBerlin = '2027-03-21T23:30:00Z';
    const early = { earliest: new Date('2027-03-21T00:00:00Z') };
    expect(fits({ ...early, daysOfWeek: [1] }, mondayInBerlin)).toBe(true);
    expect(fits({ ...early, daysOfWeek: [7] }, mondayInBerlin)).toBe(false);
  });

  test.each([
    ['08:00 in winter time', '2027-03-22T07:00:00Z', 30, false],
    ['09:00 in winter time', '2027-03-22T08:00:00Z', 30, true],
    ['11:30, over at the end of the range', '2027-03-22T10:30:00Z', 30, true],
    ['11:45, over after it', '2027-03-22T10:45:00Z', 30, false],
    ['09:00 in summer time', '2027-03-28T07:00:00Z', 30, true],
    ['08:00 UTC in summer time, for two and a half hours', '2027-03-28T08:00:00Z', 150, false],
  ])('lies as a whole within the range on the doctor’s clock: %s', (_name, startsAt, minutes, expected) => {
    expect(fits({ timeRange: { startTime: 540, endTime: 720 } }, startsAt, minutes)).toBe(expected);
  });

  test('a visit over midnight lies in no range that ends with the day', () => {
    const late = { timeRange: { startTime: 1320, endTime: 1440 } };
    expect(fits(late, '2027-03-22T22:30:00Z')).toBe(true);
    expect(fits(late, '2027-03-22T22:45:00Z')).toBe(false);
  });
});

describe('what an event sets free', () => {
  const doctorId = '01989f6e-6c3a-7cc1-9d57-0f3b8f8f7c1e';
  const serviceId = '01989f6e-6c3a-7cc1-9d57-0f3b8f8f7c1f';
  const time = { startsAt: '2027-03-22T08:00:00.000Z', endsAt: '2027-03-22T08:30:00.000Z' };
  const place = { doctorId, serviceId, ...time };
  const freed = {
    doctorId,
    visit: { serviceId, start: Date.parse(time.startsAt), end: Date.parse(time.endsAt) },
  };
  const appointment = { ...place, status: 'cancelled' };

  test.each([
    ['appointment.cancelled', { appointment }],
    ['appointment.status_changed', { appointment: { ...appointment, status: 'no_show' } }],
    [
      'appointment.rescheduled',
      { appointment: { ...appointment, startsAt: time.endsAt }, previous: { doctorId, ...time } },
    ],
    ['appointment.hold_released', place],
    ['appointment.hold_expired', place],
    ['waitlist.offer_ended', { ...place, outcome: 'declined' }],
    ['waitlist.offer_ended', { ...place, outcome: 'expired' }],
    ['waitlist.offer_ended', { ...place, outcome: 'withdrawn' }],
  ])('%s: the time of the visit that was there', (type, payload) => {
    expect(freedBy({ type, payload })).toEqual([freed]);
  });

  test('doctor.availability_changed: any time of the doctor', () => {
    expect(freedBy({ type: 'doctor.availability_changed', payload: { doctorId } })).toEqual([{ doctorId }]);
  });

  test.each([
    ['appointment.booked', { appointment }],
    ['appointment.status_changed', { appointment: { ...appointment, status: 'checked_in' } }],
    ['waitlist.offer_ended', { ...place, outcome: 'accepted' }],
    ['toString', {}],
  ])('%s: nothing', (type, payload) => {
    expect(freedBy({ type, payload })).toEqual([]);
  });
});
