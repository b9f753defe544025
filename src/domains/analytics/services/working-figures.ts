import type { Tx } from '../../../database/db.ts';
import { addDays, type LocalDate } from '../../../shared/time/local-date.ts';
import { localDateAt } from '../../../shared/time/wall-clock.ts';
import type { SourceEvent } from '../models/source-event.ts';
import { type HoursSince, type WorkingDay, workingDays } from '../models/working-minutes.ts';
import { findLastEventOf, listHoursChanges } from '../repositories/source-event.repository.ts';
import {
  deleteWorkingDay,
  findWorkedOut,
  listWorkingDays,
  putWorkingDays,
  setWorkedOut,
} from '../repositories/working.repository.ts';

/** Working time is written down at least so far ahead, and then a while further, so that it is not done every day. */
export const AHEAD_DAYS = 366;
const FURTHER_DAYS = 34;
const BEFORE_ALL_DATES = '1000-01-01';

const changesIn = (events: readonly SourceEvent[]): HoursSince[] =>
  events.flatMap((event) =>
    event.type === 'doctor.availability_changed'
      ? [{ since: event.occurredAt, hours: event.payload.schedule }]
      : [],
  );

const keyOf = ({ localDate, locationId }: WorkingDay): string => `${localDate} ${locationId ?? ''}`;

/** Puts `days` in the place of what is written down from `first` on. Most of it is the same, and left alone. */
const write = async (tx: Tx, doctorId: string, first: LocalDate, days: readonly WorkingDay[]) => {
  const known = await listWorkingDays(tx, doctorId, first);
  const minutesBefore = new Map(known.map((day) => [keyOf(day), day.minutes]));
  const keys = new Set(days.map(keyOf));
  for (const day of known) if (!keys.has(keyOf(day))) await deleteWorkingDay(tx, doctorId, day);
  await putWorkingDays(
    tx,
    doctorId,
    days.filter((day) => minutesBefore.get(keyOf(day)) !== day.minutes),
  );
};

const horizonOf = (timezone: string, now: Date) =>
  addDays(localDateAt(timezone, now.getTime()), AHEAD_DAYS + FURTHER_DAYS);

/**
 * Writes down how long the doctor works on each date, from the date of `since` on; without it, from the first change of
 * hours that is known.
 */
export const projectHours = async (
  tx: Tx,
  doctorId: string,
  {
    timezone,
    now,
    since,
  }: { readonly timezone: string; readonly now: Date; readonly since?: Date | undefined },
): Promise<void> => {
  const changes = changesIn(await listHoursChanges(tx, doctorId, since));
  const [earliest] = changes;
  if (!earliest) return;
  const first = localDateAt(timezone, earliest.since.getTime());
  const workedOut = await findWorkedOut(tx, doctorId);
  const horizon = horizonOf(timezone, now);
  const last = workedOut !== undefined && workedOut > horizon ? workedOut : horizon;
  // In another zone, the first date may have been one before.
  const from = since === undefined ? BEFORE_ALL_DATES : first;
  await write(tx, doctorId, from, workingDays(changes, timezone, { first, last }));
  await setWorkedOut(tx, doctorId, last);
};

/** Writes down what has come in sight since: the hours as they stand go on. */
export const extendHours = async (
  tx: Tx,
  doctorId: string,
  { timezone, now }: { readonly timezone: string; readonly now: Date },
): Promise<void> => {
  const workedOut = await findWorkedOut(tx, doctorId);
  const last = horizonOf(timezone, now);
  if (workedOut === undefined || workedOut >= last) return;
  const event = await findLastEventOf(tx, doctorId);
  const first = addDays(workedOut, 1);
  const days = event ? workingDays(changesIn([event]), timezone, { first, last }) : [];
  await putWorkingDays(tx, doctorId, days);
  await setWorkedOut(tx, doctorId, last);
};
