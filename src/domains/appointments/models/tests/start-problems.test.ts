import { describe, expect, test } from '@jest/globals';
import type { SlotQuery, SlotRules, StartProblem } from '../slots.ts';
import { startProblems } from '../slots.ts';

const at = (time: string): number => Date.parse(`2027-03-22T${time}Z`);

/** Working time 08:00–11:00Z, half-hour visits every 30 minutes, claimed 09:00–09:30; it is 08:10, an hour's notice, until 10:30. */
const query = (rules: Partial<SlotRules> = {}, rest: Partial<SlotQuery> = {}): SlotQuery => ({
  sessions: [{ start: at('08:00'), end: at('11:00'), locationId: null }],
  busy: [{ start: at('09:00'), end: at('09:30') }],
  rules: {
    durationMinutes: 30,
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    stepMinutes: 30,
    anchor: 'session',
    timezone: 'Europe/Berlin',
    ...rules,
  },
  from: at('00:00'),
  to: at('23:00'),
  earliest: at('09:10'),
  latest: at('10:30'),
  ...rest,
});

const now = at('08:10');
const forPatient = (time: string, of = query()): StartProblem[] =>
  startProblems(at(time), of, { mustBeOffered: true, now });
const forStaff = (time: string, of = query({}, { earliest: now })): StartProblem[] =>
  startProblems(at(time), of, { mustBeOffered: false, now });

describe('a start that can be booked has no problem', () => {
  test.each(['09:30', '10:00', '10:30'])('%s for a patient: it is offered', (time) => {
    expect(forPatient(time)).toEqual([]);
  });

  test.each(['08:10', '08:15', '08:30', '09:35', '10:30'])(
    '%s for staff: on the grain, at work and free',
    (time) => {
      expect(forStaff(time)).toEqual([]);
    },
  );
});

describe('each problem is told', () => {
  test.each<[string, StartProblem[]]>([
    ['08:00', ['in_the_past']],
    ['08:05', ['in_the_past', 'off_grid']],
    ['08:30', ['notice_too_short']],
    ['08:45', ['notice_too_short', 'off_grid', 'busy']],
    ['09:29', ['off_grain', 'off_grid', 'busy']],
    ['09:35', ['off_grid']],
    ['10:35', ['beyond_horizon', 'outside_working_time']],
    ['11:02', ['off_grain', 'beyond_horizon', 'outside_working_time']],
    ['07:30', ['in_the_past', 'outside_working_time']],
  ])('%s for a patient: %j', (time, problems) => {
    expect(forPatient(time)).toEqual(problems);
  });

  test.each<[string, StartProblem[]]>([
    ['08:00', ['in_the_past']],
    ['08:45', ['busy']],
    ['09:25', ['busy']],
    ['09:32', ['off_grain']],
    ['10:40', ['beyond_horizon', 'outside_working_time']],
  ])('%s for staff: %j', (time, problems) => {
    expect(forStaff(time)).toEqual(problems);
  });

  test('the buffers of the visit count against a neighbour, but not against closing time', () => {
    const buffered = query({ bufferBeforeMinutes: 10, bufferAfterMinutes: 10 }, { earliest: now });
    expect(forStaff('09:35', buffered)).toEqual(['busy']);
    expect(forStaff('09:40', buffered)).toEqual([]);
    expect(forStaff('08:25', buffered)).toEqual(['busy']);
    expect(forStaff('08:20', buffered)).toEqual([]);
    expect(forStaff('10:30', buffered)).toEqual([]);
  });

  test('a visit across two sessions that touch is outside working time', () => {
    const sessions = ['08:00', '09:30'].map((time) => ({
      start: at(time),
      end: at(time) + 90 * 60_000,
      locationId: null,
    }));
    expect(forStaff('09:15', query({}, { sessions, busy: [], earliest: now }))).toEqual([
      'outside_working_time',
    ]);
  });
});

describe('off the grid', () => {
  test('of one session is not off it, where another session offers the start', () => {
    const sessions = [
      { start: at('08:00'), end: at('11:00'), locationId: null },
      { start: at('09:45'), end: at('12:00'), locationId: null },
    ];
    expect(forPatient('10:15', query({}, { sessions }))).toEqual([]);
    expect(forPatient('10:20', query({}, { sessions }))).toEqual(['off_grid']);
  });

  test('of the clock is told by the wall clock', () => {
    const kathmandu = query({ anchor: 'clock', stepMinutes: 60, timezone: 'Asia/Kathmandu' });
    expect(forPatient('10:15', kathmandu)).toEqual([]); // 16:00
    expect(forPatient('10:00', kathmandu)).toEqual(['off_grid']); // 15:45
  });

  test('of a compact gap is told only inside the gap: a busy start, or one too early, has no grid', () => {
    const packed = query({ anchor: 'compact' });
    expect(forPatient('09:30', packed)).toEqual([]);
    expect(forPatient('09:45', packed)).toEqual(['off_grid']);
    expect(forPatient('09:15', packed)).toEqual(['busy']);
    expect(forPatient('08:25', packed)).toEqual(['notice_too_short']);
  });
});
