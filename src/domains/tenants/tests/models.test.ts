import { describe, expect, test } from '@jest/globals';
import { BookingSettings, defaultBookingSettings, leavesTimeToBook } from '../models/booking-settings.ts';
import { Subdomain } from '../models/subdomain.ts';

describe('a subdomain', () => {
  test.each(['abc', 'sunrise-clinic', '4u2', 'a'.repeat(63)])('may be %p', (subdomain) => {
    expect(Subdomain.safeParse(subdomain).success).toBe(true);
  });

  test.each([
    'ab',
    'a'.repeat(64),
    'Sunrise',
    '-abc',
    'abc-',
    'a.b.c',
    'ab_c',
    'xn--80ak6aa92e',
    'züri',
    'abc\n',
  ])('may not be %p', (subdomain) => {
    expect(Subdomain.safeParse(subdomain).success).toBe(false);
  });

  test.each(['www', 'api', 'app', 'admin', 'docs'])('may not be %p, which is reserved', (subdomain) => {
    expect(Subdomain.safeParse(subdomain).error?.issues[0]?.message).toBe('is reserved');
  });
});

describe('booking rules', () => {
  test('hold by default', () => {
    expect(BookingSettings.parse(defaultBookingSettings)).toEqual(defaultBookingSettings);
  });

  test.each([
    { slotIntervalMinutes: 7 },
    { slotIntervalMinutes: 0 },
    { slotAnchor: 'noon' },
    { minNoticeMinutes: -5 },
    { horizonDays: 0 },
    { horizonDays: 731 },
    { holdMinutes: 0 },
    { maxActiveAppointmentsPerPatient: 0 },
    { reminderOffsetsMinutes: [60, 60] },
    { reminderOffsetsMinutes: [0] },
    { pendingBlocksTime: 'yes' },
  ])('do not hold as %p', (rule) => {
    expect(BookingSettings.safeParse({ ...defaultBookingSettings, ...rule }).success).toBe(false);
  });

  test('leave time to book only while the notice is shorter than the horizon', () => {
    const rules = { ...defaultBookingSettings, horizonDays: 1 };
    expect(leavesTimeToBook({ ...rules, minNoticeMinutes: 1439 })).toBe(true);
    expect(leavesTimeToBook({ ...rules, minNoticeMinutes: 1440 })).toBe(false);
  });
});
