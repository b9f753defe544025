import fc from 'fast-check';

/** Minutes after midnight, or a length in minutes; all are on the grain. */
const onGrain = (minMinutes: number, maxMinutes: number) =>
  fc.integer({ min: minMinutes / 5, max: maxMinutes / 5 }).map((grains) => grains * 5);

const DAY_MINUTES = 24 * 60;
const timeOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** Hours of at least two hours, that may run into the next day. */
const hours = fc
  .record({ start: onGrain(0, DAY_MINUTES - 5), length: onGrain(120, 14 * 60) })
  .map(({ start, length }) => ({
    startTime: timeOf(start),
    endTime: timeOf((start + length) % DAY_MINUTES),
  }));

const rule = fc
  .record({ dayOfWeek: fc.integer({ min: 1, max: 7 }), hours, isAtLocation: fc.boolean() })
  .map((given) => ({ dayOfWeek: given.dayOfWeek, ...given.hours, isAtLocation: given.isAtLocation }));

/** Zones with every kind of offset and change: of 30 minutes, at midnight, twice a year, backwards, none. */
const timezone = fc.constantFrom(
  'Africa/Cairo',
  'Africa/Casablanca',
  'America/New_York',
  'America/Santiago',
  'America/St_Johns',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Europe/Berlin',
  'Europe/London',
  'Pacific/Apia',
  'Pacific/Chatham',
);

const service = fc.record({
  durationMinutes: onGrain(5, 120),
  bufferBeforeMinutes: onGrain(0, 30),
  bufferAfterMinutes: onGrain(0, 30),
  slotIntervalMinutes: fc.option(onGrain(5, 90)),
  capacity: fc.constantFrom(1, 1, 2),
});

/** Days of the week that is looked at. */
const dayAhead = fc.integer({ min: 0, max: 7 });

/** The calendars of two doctors in some zone, in the weeks around a change of the clock, and how they are offered. */
export const calendarPlan = fc.record({
  now: fc.constantFrom('2027-03-10T08:00:00.000Z', '2027-08-25T08:00:00.000Z', '2027-10-20T08:00:00.000Z'),
  daysAhead: fc.integer({ min: 0, max: 24 }),
  timezone,
  locationTimezone: timezone,
  rules: fc.array(rule, { minLength: 1, maxLength: 4 }),
  service,
  otherService: service,
  closures: fc.array(fc.record({ day: dayAhead, isOfLocation: fc.boolean() }), { maxLength: 2 }),
  overrides: fc.array(fc.record({ day: dayAhead, hours: fc.option(hours), isAtLocation: fc.boolean() }), {
    maxLength: 1,
  }),
  settings: fc.record({
    slotAnchor: fc.constantFrom('session', 'clock', 'compact'),
    minNoticeMinutes: fc.integer({ min: 0, max: 2 * DAY_MINUTES }),
    horizonDays: fc.integer({ min: 8, max: 60 }),
  }),
  /** Which of the offered slots are taken before anything is looked at. */
  taken: fc.array(fc.nat(), { maxLength: 4 }),
});
export type CalendarPlan = typeof calendarPlan extends fc.Arbitrary<infer Plan> ? Plan : never;
