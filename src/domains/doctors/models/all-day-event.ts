import ICAL from 'ical.js';
import { type LocalDate } from '../../../shared/time/local-date.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import { LocalDate as ExistingDate } from '../../../shared/types/wall-clock.ts';
import { yearlyRuleOf } from './recurrence.ts';
import { type Period, yearlyDates } from './yearly-dates.ts';

/** Longer than any holiday. */
const MAX_DAYS = 366;

/** The date that an event starts on; nothing for one that no calendar has, such as 30 February. */
export const firstDateOf = (event: ICAL.Component): LocalDate | undefined => dateOf(event, 'dtstart');

/**
 * How many dates an all-day event of `first` covers, 1 to 366: DTEND is the date after the last one, and without DTEND
 * and DURATION it is one (RFC 5545, section 3.6.1). An end that is not after the start, as some programs write, is one too.
 */
export const daysOf = (event: ICAL.Component, first: LocalDate): number | undefined => {
  const days = event.hasProperty('dtend') ? daysUntil(first, dateOf(event, 'dtend')) : durationOf(event);
  return days === undefined || days > MAX_DAYS ? undefined : Math.max(1, days);
};

/** The dates in `period` on which the event starts, ascending; nothing for a recurrence that is not yearly. */
export const startsOf = (
  event: ICAL.Component,
  first: LocalDate,
  period: Period,
): LocalDate[] | undefined => {
  const [rule, ...others] = event.getAllProperties('rrule').map((each) => each.getFirstValue());
  if (others.length > 0 || event.hasProperty('recurrence-id')) return undefined;
  const yearly = rule instanceof ICAL.Recur ? yearlyRuleOf(rule, first) : undefined;
  if (rule !== undefined && yearly === undefined) return undefined;
  const regular = yearly ? yearlyDates(first, yearly, period) : [first];
  const left = new Set(datesIn(event, 'exdate'));
  const starts = [...regular, ...datesIn(event, 'rdate')].filter((date) => isIn(date, period));
  return [...new Set(starts)].filter((date) => !left.has(date)).sort();
};

const isIn = (date: LocalDate, { from, to }: Period): boolean => date >= from && date <= to;

/** The date as it was written: the parser would make 30 February the 2nd of March. */
const dateOf = (event: ICAL.Component, name: string): LocalDate | undefined => {
  const written = event.getFirstProperty(name)?.toJSON() as unknown[] | undefined;
  const date = ExistingDate.safeParse(written?.[3]);
  return date.success ? date.data : undefined;
};

const daysUntil = (first: LocalDate, end: LocalDate | undefined): number | undefined =>
  end === undefined ? undefined : (Date.parse(end) - Date.parse(first)) / DAY_MS;

const durationOf = (event: ICAL.Component): number => {
  const duration = event.getFirstPropertyValue('duration');
  return duration instanceof ICAL.Duration ? duration.weeks * 7 + duration.days : 1;
};

const datesIn = (event: ICAL.Component, name: string): LocalDate[] =>
  event
    .getAllProperties(name)
    .flatMap((property) => property.getValues() as unknown[])
    .flatMap((value) => (value instanceof ICAL.Time ? [value.toString().slice(0, 10)] : []));
