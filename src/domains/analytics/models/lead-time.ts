import { z } from 'zod';
import { Count, ofBoth, Period, sumOf, ZonedPeriod } from './period.ts';

const hours = z.number().min(0);
const Lead = {
  appointments: Count.meta({ description: 'Without cancelled ones' }),
  hours: z
    .object({ average: hours, p10: hours, p25: hours, p50: hours, p75: hours, p90: hours, p95: hours })
    .meta({ description: 'From booking to start: the mean, and how long so many of a hundred wait at most' }),
};

export const LeadTime = z
  .object({
    ...ZonedPeriod.shape,
    ...Lead,
    distribution: z
      .array(z.object({ days: z.int().min(0), appointments: Count }))
      .meta({ description: 'By whole days from booking to start' }),
    previous: z.object({ ...Period.shape, ...Lead }).meta({ description: 'As many days, right before' }),
  })
  .meta({ id: 'AnalyticsLeadTime' });
export type LeadTime = z.output<typeof LeadTime>;

/** So many appointments were booked so many hours before they start. */
export type LeadRow = {
  readonly isCurrent: number;
  readonly leadHours: number;
  readonly appointments: number;
};

/** The least number of hours that so large a part stays within: nearest rank. `rows` are ascending. */
export const percentileOf = (rows: readonly Omit<LeadRow, 'isCurrent'>[], part: number): number => {
  const rank = Math.ceil(part * sumOf(rows, ({ appointments }) => appointments));
  let counted = 0;
  for (const { leadHours, appointments } of rows) {
    counted += appointments;
    if (counted >= rank && counted > 0) return leadHours;
  }
  return 0;
};

const leadIn = (rows: readonly LeadRow[]) => {
  const appointments = sumOf(rows, (row) => row.appointments);
  const total = sumOf(rows, (row) => row.leadHours * row.appointments);
  const p = (part: number) => percentileOf(rows, part);
  const average = appointments === 0 ? 0 : Math.round((total / appointments) * 10) / 10;
  return {
    appointments,
    hours: { average, p10: p(0.1), p25: p(0.25), p50: p(0.5), p75: p(0.75), p90: p(0.9), p95: p(0.95) },
  };
};

const distributionOf = (rows: readonly LeadRow[]) => {
  const byDays = new Map<number, number>();
  for (const { leadHours, appointments } of rows) {
    const days = Math.floor(leadHours / 24);
    byDays.set(days, (byDays.get(days) ?? 0) + appointments);
  }
  return [...byDays].map(([days, appointments]) => ({ days, appointments }));
};

/** `rows` are those of both periods, ascending by hours. */
export const leadTimeOf = (period: ZonedPeriod, previous: Period, rows: readonly LeadRow[]): LeadTime => {
  const { current, previous: before } = ofBoth(rows);
  return {
    ...period,
    ...leadIn(current),
    distribution: distributionOf(current),
    previous: { ...previous, ...leadIn(before) },
  };
};

export const leadTimeTable = ({ distribution }: LeadTime) => ({
  columns: ['days', 'appointments'],
  rows: distribution.map(({ days, appointments }) => [days, appointments]),
});
