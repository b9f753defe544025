import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Count, groupsOf, ofBoth, Period, Rate, rateOf, sumOf, ZonedPeriod } from './period.ts';

const Missed = {
  appointments: Count.meta({ description: 'All, whatever has become of them' }),
  attended: Count.meta({ description: 'The patient came' }),
  noShows: Count,
  cancellations: Count,
  lateCancellations: Count.meta({ description: 'Less than 24 hours before the start' }),
  noShowRate: Rate.max(1).meta({ description: 'No-shows by all who came or should have', example: 0.08 }),
  lateCancellationRate: Rate.max(1).meta({ description: 'By all appointments', example: 0.05 }),
};

export const NoShows = z
  .object({
    ...ZonedPeriod.shape,
    ...Missed,
    byDoctor: z.array(z.object({ doctorId: Id, ...Missed })),
    byLocation: z.array(z.object({ locationId: Id.nullable(), ...Missed })),
    byService: z.array(z.object({ serviceId: Id, ...Missed })),
    previous: z.object({ ...Period.shape, ...Missed }).meta({ description: 'As many days, right before' }),
  })
  .meta({ id: 'AnalyticsNoShows' });
export type NoShows = z.output<typeof NoShows>;

/** The appointments with a doctor at a place for a service. */
export type NoShowRow = {
  readonly isCurrent: number;
  readonly doctorId: string;
  readonly locationId: string | null;
  readonly serviceId: string;
  readonly appointments: number;
  readonly attended: number;
  readonly noShows: number;
  readonly cancellations: number;
  readonly lateCancellations: number;
};

const missedIn = (rows: readonly NoShowRow[]) => {
  const appointments = sumOf(rows, (row) => row.appointments);
  const attended = sumOf(rows, (row) => row.attended);
  const noShows = sumOf(rows, (row) => row.noShows);
  const cancellations = sumOf(rows, (row) => row.cancellations);
  const lateCancellations = sumOf(rows, (row) => row.lateCancellations);
  return {
    appointments,
    attended,
    noShows,
    cancellations,
    lateCancellations,
    noShowRate: rateOf(noShows, noShows + attended),
    lateCancellationRate: rateOf(lateCancellations, appointments),
  };
};

const missedBy = <Key>(rows: readonly NoShowRow[], keyOf: (row: NoShowRow) => Key) =>
  groupsOf(rows, keyOf).map(([key, ofKey]) => [key, missedIn(ofKey)] as const);

/** `rows` are those of both periods. */
export const noShowsOf = (period: ZonedPeriod, previous: Period, rows: readonly NoShowRow[]): NoShows => {
  const { current, previous: before } = ofBoth(rows);
  return {
    ...period,
    ...missedIn(current),
    byDoctor: missedBy(current, (row) => row.doctorId).map(([doctorId, missed]) => ({ doctorId, ...missed })),
    byLocation: missedBy(current, (row) => row.locationId).map(([locationId, missed]) => ({
      locationId,
      ...missed,
    })),
    byService: missedBy(current, (row) => row.serviceId).map(([serviceId, missed]) => ({
      serviceId,
      ...missed,
    })),
    previous: { ...previous, ...missedIn(before) },
  };
};

const counted = [
  'appointments',
  'attended',
  'noShows',
  'cancellations',
  'lateCancellations',
  'noShowRate',
  'lateCancellationRate',
] as const;

export const noShowTable = (rows: readonly NoShowRow[]) => ({
  columns: ['doctorId', 'locationId', 'serviceId', ...counted],
  rows: ofBoth(rows).current.map((row) => {
    const missed = missedIn([row]);
    return [row.doctorId, row.locationId, row.serviceId, ...counted.map((field) => missed[field])];
  }),
});
