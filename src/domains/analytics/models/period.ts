import { z } from 'zod';
import { addDays, datesFrom } from '../../../shared/time/local-date.ts';
import { LocalDate } from '../../../shared/types/wall-clock.ts';

/** Dates of the clinic's calendar, both included. */
export const Period = z.object({ from: LocalDate, to: LocalDate });
export type Period = z.output<typeof Period>;

/** A period, and whose dates and hours it is in. */
export const ZonedPeriod = Period.extend({
  timezone: z
    .string()
    .meta({ description: 'The clock of the clinic (IANA), in whose dates and hours the figures are' }),
});
export type ZonedPeriod = z.output<typeof ZonedPeriod>;

/** As many days, right before. */
export const previousOf = ({ from, to }: Period): Period => {
  const days = datesFrom(from, to).length;
  return { from: addDays(from, -days), to: addDays(from, -1) };
};

/** A part of a whole, from 0 to 1 with four places; 0 where there is no whole. */
export const rateOf = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000;

/** How often something was counted. */
export const Count = z.int().min(0);
export const Rate = z.number().min(0);

/** What is counted of the period itself, and of the one before it. */
export const ofBoth = <Row extends { readonly isCurrent: number }>(rows: readonly Row[]) => ({
  current: rows.filter(({ isCurrent }) => isCurrent === 1),
  previous: rows.filter(({ isCurrent }) => isCurrent !== 1),
});

/** The sum of one field over rows. */
export const sumOf = <Row>(rows: readonly Row[], field: (row: Row) => number): number =>
  rows.reduce((sum, row) => sum + field(row), 0);

/** The rows by a key, in the order in which the keys come first. */
export const groupsOf = <Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): [Key, Row[]][] => {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups];
};
