import { z } from 'zod';
import { Count, Period, Rate, rateOf, ZonedPeriod } from './period.ts';

const Group = z.object({
  appointments: Count,
  attended: Count,
  noShows: Count,
  cancellations: Count,
  noShowRate: Rate.max(1).meta({ description: 'No-shows by all who came or should have', example: 0.04 }),
});
type Group = z.output<typeof Group>;

const Effect = {
  reminded: Group.meta({ description: 'Patients who were reminded of the time that the visit has now' }),
  notReminded: Group,
  attendanceConfirmed: Count.meta({ description: 'Patients who said that they will come' }),
  noShowRateDifference: z.number().min(-1).max(1).meta({
    description: 'The rate of the reminded without that of the others: below 0 where reminders help',
    example: -0.06,
  }),
};

export const ReminderFigures = z
  .object({
    ...ZonedPeriod.shape,
    ...Effect,
    previous: z.object({ ...Period.shape, ...Effect }).meta({ description: 'As many days, right before' }),
  })
  .meta({ id: 'AnalyticsReminders' });
export type ReminderFigures = z.output<typeof ReminderFigures>;

/** Of all appointments, and of those whose patients were reminded. */
export type ReminderRow = {
  readonly isCurrent: number;
  readonly appointments: number;
  readonly attended: number;
  readonly noShows: number;
  readonly cancellations: number;
  readonly reminded: number;
  readonly remindedAttended: number;
  readonly remindedNoShow: number;
  readonly remindedCancelled: number;
  readonly attendanceConfirmed: number;
};

const groupOf = (counts: Omit<Group, 'noShowRate'>): Group => ({
  ...counts,
  noShowRate: rateOf(counts.noShows, counts.noShows + counts.attended),
});

const effectIn = (row: ReminderRow | undefined) => {
  const reminded = groupOf({
    appointments: row?.reminded ?? 0,
    attended: row?.remindedAttended ?? 0,
    noShows: row?.remindedNoShow ?? 0,
    cancellations: row?.remindedCancelled ?? 0,
  });
  const notReminded = groupOf({
    appointments: (row?.appointments ?? 0) - reminded.appointments,
    attended: (row?.attended ?? 0) - reminded.attended,
    noShows: (row?.noShows ?? 0) - reminded.noShows,
    cancellations: (row?.cancellations ?? 0) - reminded.cancellations,
  });
  const isComparable = [reminded, notReminded].every(({ attended, noShows }) => attended + noShows > 0);
  return {
    reminded,
    notReminded,
    attendanceConfirmed: row?.attendanceConfirmed ?? 0,
    noShowRateDifference: isComparable
      ? Math.round((reminded.noShowRate - notReminded.noShowRate) * 10_000) / 10_000
      : 0,
  };
};

/** `rows` has one row for each period in which there was anything. */
export const remindersOf = (
  period: ZonedPeriod,
  previous: Period,
  rows: readonly ReminderRow[],
): ReminderFigures => ({
  ...period,
  ...effectIn(rows.find(({ isCurrent }) => isCurrent === 1)),
  previous: { ...previous, ...effectIn(rows.find(({ isCurrent }) => isCurrent !== 1)) },
});

export const reminderTable = (figures: ReminderFigures) => ({
  columns: ['group', 'appointments', 'attended', 'noShows', 'cancellations', 'noShowRate'],
  rows: (['reminded', 'notReminded'] as const).map((group) => [group, ...Object.values(figures[group])]),
});
