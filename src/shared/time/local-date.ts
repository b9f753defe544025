import { DAY_MS, MINUTES_PER_DAY } from './units.ts';

/** A calendar date without a zone, 'YYYY-MM-DD' (RFC 3339 full-date), years 0000 to 9999. Dates compare as text: `a < b`. */
export type LocalDate = string;

/** Minutes on the wall clock since midnight, 0 to 1440 at the end of the date; beyond that, the wall clock of the next dates. */
export type MinuteOfDay = number;

/** Minutes on the wall clock since 1970-01-01T00:00, whatever the zone: a number line of dates and times of day in one. */
export type WallMinute = number;

/** The date `days` after `date`, or before it if negative. */
export const addDays = (date: LocalDate, days: number): LocalDate => fromEpochDay(epochDay(date) + days);

/** 1 for Monday to 7 for Sunday (ISO 8601). */
export const dayOfWeek = (date: LocalDate): number => ((((epochDay(date) + 3) % 7) + 7) % 7) + 1;

/** Every date from `first` to `last`, both included; none if `last` is before `first`. */
export const datesFrom = (first: LocalDate, last: LocalDate): LocalDate[] => {
  const day = epochDay(first);
  return Array.from({ length: Math.max(0, epochDay(last) - day + 1) }, (_, index) =>
    fromEpochDay(day + index),
  );
};

/** Whether `date` lies in `[first, last]`; null leaves that end open. */
export const isBetween = (date: LocalDate, first: LocalDate | null, last: LocalDate | null): boolean =>
  (first === null || first <= date) && (last === null || date <= last);

/** `minute` of `date` on the wall clock's number line. */
export const wallMinute = (date: LocalDate, minute: MinuteOfDay): WallMinute =>
  epochDay(date) * MINUTES_PER_DAY + minute;

/** The date on which the wall clock shows `minute`. */
export const dateOfWallMinute = (minute: WallMinute): LocalDate =>
  fromEpochDay(Math.floor(minute / MINUTES_PER_DAY));

/** The time of day, 0 to 1439, that the wall clock shows at `minute`. */
export const minuteOfWallMinute = (minute: WallMinute): MinuteOfDay =>
  minute - Math.floor(minute / MINUTES_PER_DAY) * MINUTES_PER_DAY;

/** Reads 'HH:mm', 00:00 to 24:00; throws a RangeError for anything else. */
export const parseMinuteOfDay = (text: string): MinuteOfDay => {
  if (!/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(text)) throw new RangeError(`Not a time of day: ${text}`);
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
};

/** Writes 0 to 1440 as 'HH:mm', the end of a date as 24:00; throws a RangeError for anything else. */
export const formatMinuteOfDay = (minute: MinuteOfDay): string => {
  if (!Number.isInteger(minute) || minute < 0 || minute > MINUTES_PER_DAY)
    throw new RangeError(`Not a minute of one day: ${minute}`);
  return `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`;
};

const epochDay = (date: LocalDate): number => Date.parse(date) / DAY_MS;
const fromEpochDay = (day: number): LocalDate => new Date(day * DAY_MS).toISOString().slice(0, 10);
const twoDigits = (value: number): string => String(value).padStart(2, '0');
