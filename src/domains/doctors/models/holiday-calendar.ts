import ICAL from 'ical.js';
import { addDays, type LocalDate } from '../../../shared/time/local-date.ts';
import { daysOf, firstDateOf, startsOf } from './all-day-event.ts';
import type { SkipReason } from './skip-reason.ts';
import type { Period } from './yearly-dates.ts';

/** Whole dates, both included, that have a name. */
export type Holiday = { readonly startDate: LocalDate; readonly endDate: LocalDate; readonly name: string };

export type HolidayCalendar = {
  /** By start, each once. */
  readonly holidays: readonly Holiday[];
  readonly skipped: readonly { readonly summary: string; readonly reason: SkipReason }[];
};

const MAX_EVENTS = 1_000;
const MAX_HOLIDAYS = 500;
const MAX_NAME_CHARACTERS = 200;
/** What a cut through an emoji leaves. */
const HALF_A_CHARACTER = /[\uD800-\uDBFF]$/;

/**
 * The all-day events of an iCalendar text (RFC 5545) that touch `period`; those of every year, once for each. Throws an
 * Error that says what is wrong with a text that cannot be read, holds more than 1,000 events or gives more than 500
 * holidays.
 */
export const readHolidays = (ics: string, period: Period): HolidayCalendar => {
  const events = eventsIn(ics);
  if (events.length > MAX_EVENTS) throw new Error(`holds more than ${MAX_EVENTS} events`);
  const holidays = new Map<string, Holiday>();
  const skipped: { summary: string; reason: SkipReason }[] = [];
  for (const event of events) {
    const found = holidaysOf(event, period);
    if (typeof found === 'string') skipped.push({ summary: nameOf(event), reason: found });
    else for (const each of found) holidays.set(JSON.stringify(each), each);
    if (holidays.size > MAX_HOLIDAYS) {
      throw new Error(`gives more than ${MAX_HOLIDAYS} closures: choose a shorter time`);
    }
  }
  const inOrder = [...holidays.values()].sort((a, b) => (a.startDate < b.startDate ? -1 : 1));
  return { holidays: inOrder, skipped };
};

/** A text may hold several calendars, one after the other. */
const eventsIn = (ics: string): ICAL.Component[] => {
  const parsed = ICAL.parse(ics) as unknown[];
  const calendars = (typeof parsed[0] === 'string' ? [parsed] : parsed) as unknown[][];
  if (calendars.length === 0 || calendars.some(([name]) => name !== 'vcalendar')) {
    throw new Error('is no iCalendar text: it must begin with BEGIN:VCALENDAR');
  }
  return calendars.flatMap((each) => new ICAL.Component(each).getAllSubcomponents('vevent'));
};

const holidaysOf = (event: ICAL.Component, period: Period): Holiday[] | SkipReason => {
  const start = event.getFirstPropertyValue('dtstart');
  if (!(start instanceof ICAL.Time) || !start.isDate) return 'not_all_day';
  if (event.getFirstPropertyValue('status') === 'CANCELLED') return 'cancelled';
  const name = nameOf(event);
  if (name === '') return 'no_name';
  const first = firstDateOf(event);
  const days = first === undefined ? undefined : daysOf(event, first);
  if (first === undefined || days === undefined) return 'unreadable_dates';
  const starts = startsOf(event, first, { from: addDays(period.from, 1 - days), to: period.to });
  if (starts === undefined) return 'unsupported_recurrence';
  if (starts.length === 0) return 'outside_period';
  return starts.map((startDate) => ({ startDate, endDate: addDays(startDate, days - 1), name }));
};

/** One line, as long as a closure's name may be. */
const nameOf = (event: ICAL.Component): string => {
  const summary = event.getFirstPropertyValue('summary');
  const text = typeof summary === 'string' ? summary.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim() : '';
  return text.slice(0, MAX_NAME_CHARACTERS).replace(HALF_A_CHARACTER, '').trim();
};
