import { describe, expect, test } from '@jest/globals';
import type { Interval } from '../../../../shared/time/interval.ts';
import { parseMinuteOfDay } from '../../../../shared/time/local-date.ts';
import { instantAt, localTimeAt } from '../../../../shared/time/wall-clock.ts';
import type { SlotQuery, SlotRules, WorkingTime } from '../slots.ts';
import { offeredSlots } from '../slots.ts';

const BERLIN = 'Europe/Berlin';

/** '08:00–09:00' of a UTC date. */
const utc = (date: string, text: string): Interval => ({
  start: Date.parse(`${date}T${text.slice(0, 5)}Z`),
  end: Date.parse(`${date}T${text.slice(6)}Z`),
});

/** '09:00–12:00' on the wall clock of one date. */
const session = (
  timezone: string,
  date: string,
  text: string,
  locationId: string | null = null,
): WorkingTime => ({
  start: instantAt(timezone, date, parseMinuteOfDay(text.slice(0, 5))),
  end: instantAt(timezone, date, parseMinuteOfDay(text.slice(6))),
  locationId,
});

const rules = (rest: Partial<SlotRules> = {}): SlotRules => ({
  durationMinutes: 30,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  stepMinutes: 30,
  anchor: 'session',
  timezone: BERLIN,
  ...rest,
});

const query = (sessions: readonly WorkingTime[], rest: Partial<SlotQuery> = {}): SlotQuery => ({
  sessions,
  busy: [],
  rules: rules(),
  from: -Infinity,
  to: Infinity,
  earliest: -Infinity,
  latest: Infinity,
  ...rest,
});

const inUtc = (of: SlotQuery): string[] =>
  offeredSlots(of).map(({ startsAt }) => new Date(startsAt).toISOString().slice(11, 16));

const onTheWall = (of: SlotQuery): string[] =>
  offeredSlots(of).map(({ startsAt }) => localTimeAt(of.rules.timezone, startsAt).slice(11));

describe('Berlin, Monday 2027-03-22, 09:00–12:00 (08:00–11:00Z), 30 minutes', () => {
  const MONDAY = '2027-03-22';
  const morning = [session(BERLIN, MONDAY, '09:00–12:00')];

  test('session, step 30: six slots', () => {
    expect(inUtc(query(morning))).toEqual(['08:00', '08:30', '09:00', '09:30', '10:00', '10:30']);
  });

  test('session, step 30, claim 08:30–09:00Z: the other five', () => {
    const busy = [utc(MONDAY, '08:30–09:00')];
    expect(inUtc(query(morning, { busy }))).toEqual(['08:00', '09:00', '09:30', '10:00', '10:30']);
  });

  test('session, step 45: the last visit ends before closing', () => {
    expect(inUtc(query(morning, { rules: rules({ stepMinutes: 45 }) }))).toEqual([
      '08:00',
      '08:45',
      '09:30',
      '10:15',
    ]);
  });

  test('step 45, claim 08:10–08:20Z: session keeps its grid, compact packs after the claim', () => {
    const busy = [utc(MONDAY, '08:10–08:20')];
    expect(inUtc(query(morning, { busy, rules: rules({ stepMinutes: 45 }) }))).toEqual([
      '08:45',
      '09:30',
      '10:15',
    ]);
    expect(inUtc(query(morning, { busy, rules: rules({ stepMinutes: 45, anchor: 'compact' }) }))).toEqual([
      '08:20',
      '09:05',
      '09:50',
    ]);
  });

  test('bufferAfter 10, step 30, own earlier visit 08:30–09:00Z claimed until 09:10Z: the buffers of both count', () => {
    const busy = [utc(MONDAY, '08:30–09:10')];
    expect(inUtc(query(morning, { busy, rules: rules({ bufferAfterMinutes: 10 }) }))).toEqual([
      '09:30',
      '10:00',
      '10:30',
    ]);
  });

  test('bufferBefore 10 keeps a distance from the claim before, and reaches outside working time', () => {
    const busy = [utc(MONDAY, '08:30–09:00')];
    expect(inUtc(query(morning, { busy, rules: rules({ bufferBeforeMinutes: 10 }) }))).toEqual([
      '08:00',
      '09:30',
      '10:00',
      '10:30',
    ]);
  });

  test('a claim outside working time blocks what a buffer makes it touch', () => {
    const busy = [utc(MONDAY, '07:00–08:00'), utc(MONDAY, '11:05–11:30')];
    const buffered = rules({ bufferBeforeMinutes: 5, bufferAfterMinutes: 10 });
    expect(inUtc(query(morning, { busy, rules: buffered }))).toEqual(['08:30', '09:00', '09:30', '10:00']);
    expect(inUtc(query(morning, { busy }))).toHaveLength(6);
  });

  test('compact starts at the earliest bookable time, rounded up to the grain', () => {
    const earliest = Date.parse(`${MONDAY}T08:41:30Z`);
    const packed = query(morning, { earliest, rules: rules({ anchor: 'compact' }) });
    expect(inUtc(packed)).toEqual(['08:45', '09:15', '09:45', '10:15']);
    expect(inUtc({ ...packed, rules: rules() })).toEqual(['09:00', '09:30', '10:00', '10:30']);
  });

  test('compact packs each gap by itself, whatever part of the day is asked for', () => {
    const packed = query(morning, {
      busy: [utc(MONDAY, '09:05–09:40')],
      rules: rules({ anchor: 'compact' }),
    });
    expect(inUtc(packed)).toEqual(['08:00', '08:30', '09:40', '10:10']);
    expect(
      inUtc({ ...packed, from: Date.parse(`${MONDAY}T08:10Z`), to: Date.parse(`${MONDAY}T10:10Z`) }),
    ).toEqual(['08:30', '09:40']);
  });

  test('from is included and to is not; earliest and latest both are', () => {
    const at = (time: string): number => Date.parse(`${MONDAY}T${time}Z`);
    expect(inUtc(query(morning, { from: at('08:30'), to: at('09:30') }))).toEqual(['08:30', '09:00']);
    expect(inUtc(query(morning, { earliest: at('08:30'), latest: at('09:30') }))).toEqual([
      '08:30',
      '09:00',
      '09:30',
    ]);
    expect(inUtc(query(morning, { from: at('09:30'), to: at('09:30') }))).toEqual([]);
  });

  test('each slot tells its end and its location', () => {
    const [first] = offeredSlots(query([session(BERLIN, MONDAY, '09:00–12:00', 'north')]));
    expect(first).toEqual({
      startsAt: Date.parse(`${MONDAY}T08:00Z`),
      endsAt: Date.parse(`${MONDAY}T08:30Z`),
      locationId: 'north',
    });
  });

  test('a visit longer than the session has no slot, one as long has one', () => {
    expect(inUtc(query(morning, { rules: rules({ durationMinutes: 185 }) }))).toEqual([]);
    expect(inUtc(query(morning, { rules: rules({ durationMinutes: 180 }) }))).toEqual(['08:00']);
  });
});

describe('sessions that meet', () => {
  const [SUNDAY, MONDAY] = ['2027-03-21', '2027-03-22'];

  test('no visit runs from one session into the next, though they touch', () => {
    const touching = [session(BERLIN, SUNDAY, '22:00–24:00'), session(BERLIN, MONDAY, '00:00–02:00')];
    const hourly = rules({ durationMinutes: 60, stepMinutes: 30 });
    expect(onTheWall(query(touching, { rules: hourly }))).toEqual([
      '22:00',
      '22:30',
      '23:00',
      '00:00',
      '00:30',
      '01:00',
    ]);
  });

  test('a start that two of them give is offered once, and once for each location', () => {
    const overlapping = (second: string | null) => [
      session(BERLIN, MONDAY, '08:00–10:00', 'north'),
      session(BERLIN, MONDAY, '09:00–10:30', second),
    ];
    expect(onTheWall(query(overlapping('north')))).toEqual(['08:00', '08:30', '09:00', '09:30', '10:00']);
    const offered = offeredSlots(query(overlapping('south'))).map(({ locationId }) => locationId);
    expect(offered).toEqual(['north', 'north', 'north', 'south', 'north', 'south', 'south']);
  });
});

describe('days on which the clocks change, 60-minute visits every hour', () => {
  const hourly = (timezone: string, anchor: SlotRules['anchor'] = 'session'): SlotRules =>
    rules({ timezone, anchor, durationMinutes: 60, stepMinutes: 60 });

  test('Berlin, Sunday 2027-03-28 (02:00→03:00): 01:00–04:00 local is 00:00–02:00Z', () => {
    const night = query([session(BERLIN, '2027-03-28', '01:00–04:00')], { rules: hourly(BERLIN) });
    expect(inUtc(night)).toEqual(['00:00', '01:00']);
    expect(onTheWall(night)).toEqual(['01:00', '03:00']);
  });

  test('Berlin, Sunday 2027-10-31 (03:00→02:00): 01:00–04:00 local is 4 h, from 23:00Z the day before', () => {
    const night = query([session(BERLIN, '2027-10-31', '01:00–04:00')], { rules: hourly(BERLIN) });
    expect(inUtc(night)).toEqual(['23:00', '00:00', '01:00', '02:00']);
    expect(onTheWall(night)).toEqual(['01:00', '02:00', '02:00', '03:00']);
  });

  test.each([
    // the clock moves by half an hour: a session grid drifts off the full hour, the clock grid does not
    ['Australia/Lord_Howe', '2027-10-03', 'session', ['00:00', '01:00', '02:30', '03:30']],
    ['Australia/Lord_Howe', '2027-10-03', 'clock', ['00:00', '01:00', '03:00', '04:00']],
    ['Australia/Lord_Howe', '2027-04-04', 'session', ['00:00', '01:00', '01:30', '02:30', '03:30']],
    ['Australia/Lord_Howe', '2027-04-04', 'clock', ['00:00', '01:00', '02:00', '03:00', '04:00']],
    ['Pacific/Chatham', '2027-09-26', 'clock', ['00:00', '01:00', '02:00', '04:00']],
    ['America/Santiago', '2027-09-05', 'session', ['01:00', '02:00', '03:00', '04:00']],
    ['Africa/Cairo', '2027-04-30', 'clock', ['01:00', '02:00', '03:00', '04:00']],
    ['America/New_York', '2027-11-07', 'clock', ['00:00', '01:00', '01:00', '02:00', '03:00', '04:00']],
  ] as const)('%s, %s, %s grid', (timezone, date, anchor, expected) => {
    const night = session(timezone, date, '00:00–05:00');
    expect(onTheWall(query([night], { rules: hourly(timezone, anchor) }))).toEqual(expected);
  });

  test('a clock grid of 90 minutes has the same times on the wall every day, whatever the opening time', () => {
    const every90 = rules({ anchor: 'clock', stepMinutes: 90 });
    for (const date of ['2027-03-27', '2027-03-28', '2027-10-31'])
      expect(onTheWall(query([session(BERLIN, date, '08:10–14:00')], { rules: every90 }))).toEqual([
        '09:00',
        '10:30',
        '12:00',
        '13:30',
      ]);
  });

  test('in a zone of quarter hours, full hours are those of the wall', () => {
    const kathmandu = session('Asia/Kathmandu', '2027-03-22', '08:30–12:00');
    expect(onTheWall(query([kathmandu], { rules: hourly('Asia/Kathmandu', 'clock') }))).toEqual([
      '09:00',
      '10:00',
      '11:00',
    ]);
  });
});
