import { describe, expect, test } from '@jest/globals';
import { DAY_MS, MINUTE_MS } from '../../../../shared/time/units.ts';
import { hostOf, limitsOf, planAt, rulesOf, visitOf, type WantedVisit } from '../visit-plan.ts';

const bookable = {
  doctorId: 'doctor',
  serviceId: 'check-up',
  timezone: 'Europe/Berlin',
  durationMinutes: 30,
  bufferBeforeMinutes: 5,
  bufferAfterMinutes: 10,
  slotIntervalMinutes: null,
  capacity: 1,
  requiresConfirmation: false,
  bookableByPatients: true,
  price: null,
  offered: true,
  scheduleVersion: null,
  calendarVersion: null,
};
const startsAt = new Date('2027-03-22T08:00:00Z');
const wanted: WantedVisit = { doctorId: 'doctor', serviceId: 'check-up', startsAt };

describe('the step of the grid', () => {
  test.each([
    [20, 15, 20],
    [null, 15, 15],
    [null, null, 30],
  ])('of a service %j in a clinic %j with visits of 30 minutes is %i', (ofService, ofClinic, step) => {
    const rules = rulesOf(
      { ...bookable, slotIntervalMinutes: ofService },
      { slotAnchor: 'session', slotIntervalMinutes: ofClinic },
    );
    expect(rules.stepMinutes).toBe(step);
  });
});

test('patients owe notice and see so far ahead; staff book from now on', () => {
  const rules = { minNoticeMinutes: 60, horizonDays: 90 };
  expect(limitsOf({ role: 'patient' }, rules, 1_000)).toEqual({
    earliest: 1_000 + 60 * MINUTE_MS,
    latest: 1_000 + 90 * DAY_MS,
  });
  const ofStaff = limitsOf({ role: 'doctor' }, rules, 1_000);
  expect(ofStaff.earliest).toBe(1_000);
  expect(ofStaff.latest).toBeGreaterThan(8.64e15);
});

describe('where a visit takes place', () => {
  const visit = visitOf(bookable, startsAt);
  const session = (locationId: string | null, from = visit.start, to = visit.end) => ({
    start: from,
    end: to,
    locationId,
  });

  test('is the first session that holds it whole, at the wanted location or at none', () => {
    expect(hostOf(wanted, visit, [session('a', visit.start + 1), session('b')])?.locationId).toBe('b');
    const atB = { ...wanted, locationId: 'b' };
    expect(hostOf(atB, visit, [session('a'), session(null)])?.locationId).toBeNull();
    expect(hostOf(atB, visit, [session('a')])).toBeUndefined();
  });

  test('takes the doctor’s time with the buffers of the service', () => {
    const place = {
      doctorId: 'doctor',
      serviceId: 'check-up',
      locationId: null,
      roomId: null,
      startsAt,
      endsAt: new Date('2027-03-22T08:30:00Z'),
      timezone: 'Europe/Berlin',
      localStart: '2027-03-22T09:00',
    };
    const { doctorTime } = planAt(bookable, place);
    expect(doctorTime).toEqual({ start: visit.start - 5 * MINUTE_MS, end: visit.end + 10 * MINUTE_MS });
  });
});
