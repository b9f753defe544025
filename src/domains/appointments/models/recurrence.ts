import { z } from 'zod';
import type { LocalDate } from '../../../shared/time/local-date.ts';

/** What one series may hold at most. */
export const MAX_OCCURRENCES = 52;

/** A day of the week (ISO 8601: 1 is Monday); `ordinal` counts it within a month, from the end if negative. Null: every one. */
export type Weekday = { readonly day: number; readonly ordinal: number | null };

/** The last moment of a recurrence, itself included: a local date, or an instant. */
export type Until = { readonly date: LocalDate } | { readonly instant: Date };

/** The part of RFC 5545's recurrence rules (section 3.3.10) in which appointments repeat. Weeks begin on Monday. */
export type Recurrence = {
  readonly frequency: 'DAILY' | 'WEEKLY' | 'MONTHLY';
  readonly interval: number;
  /** Whichever of `count` and `until` is null does not end it. */
  readonly count: number | null;
  readonly until: Until | null;
  /** None: the day of the first occurrence. */
  readonly weekdays: readonly Weekday[];
};

/** Why a rule cannot be used, in words for the caller. */
export class UnusableRecurrence extends Error {}

const DAY_CODES = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const ALLOWED =
  'allowed are FREQ=DAILY, WEEKLY or MONTHLY; COUNT from 1 to 52, or UNTIL such as 20270630 or 20270630T220000Z; ' +
  'INTERVAL from 1 to 99; BYDAY such as MO,WE, with FREQ=MONTHLY also 2MO or -1FR';

const PATTERNS: Readonly<Record<string, RegExp>> = {
  FREQ: /^(DAILY|WEEKLY|MONTHLY)$/,
  INTERVAL: /^[1-9]\d?$/,
  COUNT: /^\d{1,9}$/,
  UNTIL: /^\d{8}(T\d{6}Z)?$/,
  BYDAY: /^([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)){0,34}$/,
};

/** Reads a rule such as `FREQ=WEEKLY;COUNT=6`; throws {@link UnusableRecurrence} for any that is not supported. */
export const parseRecurrence = (text: string): Recurrence => {
  const parts = readParts(text);
  const recurrence: Recurrence = {
    frequency: frequencyOf(parts.get('FREQ')),
    interval: Number(parts.get('INTERVAL') ?? 1),
    count: parts.has('COUNT') ? Number(parts.get('COUNT')) : null,
    until: readUntil(parts.get('UNTIL')),
    weekdays: parts.get('BYDAY')?.split(',').map(readWeekday) ?? [],
  };
  demandOneEnd(recurrence);
  demandFewEnough(recurrence.count ?? 1);
  if (recurrence.frequency !== 'MONTHLY' && recurrence.weekdays.some(({ ordinal }) => ordinal !== null)) {
    throw refused('counts weekdays, which only FREQ=MONTHLY can');
  }
  return recurrence;
};

/** Refuses a count of occurrences that no series may have. */
export const demandFewEnough = (count: number): void => {
  if (count < 1 || count > MAX_OCCURRENCES) {
    throw new UnusableRecurrence(`must give from 1 to ${MAX_OCCURRENCES} occurrences`);
  }
};

/** The text of a rule that {@link parseRecurrence} reads. */
export const RecurrenceRule = z
  .string()
  .max(200)
  .superRefine((text, issues) => {
    try {
      parseRecurrence(text);
    } catch (error) {
      if (!(error instanceof UnusableRecurrence)) throw error;
      issues.addIssue(error.message);
    }
  })
  .meta({
    description: `A recurrence rule (RFC 5545, section 3.3.10); ${ALLOWED}`,
    example: 'FREQ=WEEKLY;COUNT=6',
  });

const refused = (fault: string) => new UnusableRecurrence(`${fault}; ${ALLOWED}`);

const readParts = (text: string): ReadonlyMap<string, string> => {
  const parts = new Map<string, string>();
  for (const part of text.toUpperCase().split(';')) {
    const [name = '', ...values] = part.split('=');
    const value = values.join('=');
    if (parts.has(name)) throw refused(`names ${name} twice`);
    if (PATTERNS[name]?.test(value) !== true) throw refused(`has a part that is not supported: ${part}`);
    parts.set(name, value);
  }
  return parts;
};

const frequencyOf = (value: string | undefined): Recurrence['frequency'] => {
  if (value === 'DAILY' || value === 'WEEKLY' || value === 'MONTHLY') return value;
  throw refused('must name its FREQ');
};

const demandOneEnd = ({ count, until }: Recurrence) => {
  if (count === null && until === null) throw refused('must end, by COUNT or by UNTIL');
  if (count !== null && until !== null) throw refused('must not end by both COUNT and UNTIL');
};

/** `20270630` or `20270630T220000Z`: a date or an instant that exists. */
const readUntil = (value: string | undefined): Until | null => {
  if (value === undefined) return null;
  const [, year, month, day, time] = /^(\d{4})(\d\d)(\d\d)(?:T(\d{6})Z)?$/.exec(value) ?? [];
  const date = `${year ?? ''}-${month ?? ''}-${day ?? ''}`;
  const clock = time?.replace(/(\d\d)(\d\d)(\d\d)/, '$1:$2:$3');
  if (!z.iso.date().safeParse(date).success) throw refused(`names no date of the calendar: ${value}`);
  if (clock === undefined) return { date };
  const instant = z.iso.datetime().safeParse(`${date}T${clock}Z`);
  if (!instant.success) throw refused(`names no time of day: ${value}`);
  return { instant: new Date(instant.data) };
};

const readWeekday = (text: string): Weekday => {
  const ordinal = text.slice(0, -2);
  return { day: DAY_CODES.indexOf(text.slice(-2)) + 1, ordinal: ordinal === '' ? null : Number(ordinal) };
};
