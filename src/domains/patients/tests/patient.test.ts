import { describe, expect, test } from '@jest/globals';
import { DateOfBirth, isFutureDate, medicalRecordNumber } from '../models/patient.ts';

describe('a date of birth', () => {
  test.each(['1990-04-23', '2024-02-29', '1900-01-01'])('may be %p', (date) => {
    expect(DateOfBirth.safeParse(date).success).toBe(true);
  });

  test.each([
    '2023-02-29',
    '1990-13-01',
    '1990-4-23',
    '23.04.1990',
    '1990-04-23T00:00:00Z',
    '0001-01-01',
    '',
  ])('may not be %p', (date) => {
    expect(DateOfBirth.safeParse(date).success).toBe(false);
  });

  test('is in the future only where it is so everywhere on Earth', () => {
    const now = new Date('2027-03-22T12:00:00Z'); // already the 23rd on Kiritimati (UTC+14)
    expect(isFutureDate('2027-03-23', now)).toBe(false);
    expect(isFutureDate('2027-03-24', now)).toBe(true);
    expect(isFutureDate('2027-03-23', new Date('2027-03-22T09:59:59Z'))).toBe(true);
  });
});

test('record numbers have six digits, and more when they are used up', () => {
  expect([1, 999_999, 1_000_000].map(medicalRecordNumber)).toEqual(['P-000001', 'P-999999', 'P-1000000']);
});
