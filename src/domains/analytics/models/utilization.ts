import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { LocalDate } from '../../../shared/types/wall-clock.ts';
import { Count, groupsOf, ofBoth, Period, Rate, rateOf, sumOf, ZonedPeriod } from './period.ts';

const Share = {
  bookedMinutes: Count,
  workingMinutes: Count,
  utilization: Rate.meta({
    description: 'Booked by working minutes; above 1 where visits are booked past the hours, 0 without hours',
    example: 0.75,
  }),
};
const weekOf = LocalDate.meta({ description: 'The Monday of the week' });
const locationId = Id.nullable().meta({ description: 'null: no location was said' });

export const Utilization = z
  .object({
    ...ZonedPeriod.shape,
    ...Share,
    byDoctor: z.array(z.object({ doctorId: Id, ...Share })),
    byLocation: z.array(z.object({ locationId, ...Share })),
    byWeek: z.array(z.object({ weekOf, ...Share })),
    previous: z.object({ ...Period.shape, ...Share }).meta({ description: 'As many days, right before' }),
  })
  .meta({ id: 'AnalyticsUtilization' });
export type Utilization = z.output<typeof Utilization>;

/** A doctor at a place in a week. */
export type UtilizationRow = {
  readonly isCurrent: number;
  readonly weekOf: string;
  readonly doctorId: string;
  readonly locationId: string | null;
  readonly bookedMinutes: number;
  readonly workingMinutes: number;
};

const shareOf = (rows: readonly UtilizationRow[]) => {
  const bookedMinutes = sumOf(rows, (row) => row.bookedMinutes);
  const workingMinutes = sumOf(rows, (row) => row.workingMinutes);
  return { bookedMinutes, workingMinutes, utilization: rateOf(bookedMinutes, workingMinutes) };
};

const sharesBy = <Key>(rows: readonly UtilizationRow[], keyOf: (row: UtilizationRow) => Key) =>
  groupsOf(rows, keyOf).map(([key, ofKey]) => [key, shareOf(ofKey)] as const);

/** `rows` are those of both periods, in the order of weeks. */
export const utilizationOf = (
  period: ZonedPeriod,
  previous: Period,
  rows: readonly UtilizationRow[],
): Utilization => {
  const { current, previous: before } = ofBoth(rows);
  return {
    ...period,
    ...shareOf(current),
    byDoctor: sharesBy(current, (row) => row.doctorId).map(([doctorId, share]) => ({ doctorId, ...share })),
    byLocation: sharesBy(current, (row) => row.locationId).map(([id, share]) => ({
      locationId: id,
      ...share,
    })),
    byWeek: sharesBy(current, (row) => row.weekOf).map(([week, share]) => ({ weekOf: week, ...share })),
    previous: { ...previous, ...shareOf(before) },
  };
};

export const utilizationTable = (rows: readonly UtilizationRow[]) => ({
  columns: ['weekOf', 'doctorId', 'locationId', 'bookedMinutes', 'workingMinutes', 'utilization'],
  rows: ofBoth(rows).current.map((row) => [
    row.weekOf,
    row.doctorId,
    row.locationId,
    row.bookedMinutes,
    row.workingMinutes,
    rateOf(row.bookedMinutes, row.workingMinutes),
  ]),
});
