import { z } from 'zod';
import { percentileOf } from './lead-time.ts';
import { Count, ofBoth, Period, Rate, rateOf, sumOf, ZonedPeriod } from './period.ts';
import type { Wait } from './wait.ts';

const Filled = {
  entries: Count.meta({ description: 'Entered in the period' }),
  waiting: Count.meta({ description: 'Of these, still waiting' }),
  booked: Count.meta({ description: 'Got a time by an offer' }),
  left: Count,
  expired: Count.meta({ description: 'What they waited for has passed' }),
  fillRate: Rate.max(1).meta({ description: 'Booked by all that wait no more', example: 0.4 }),
  medianHoursToBooking: Count,
  offers: z.object({
    made: Count,
    accepted: Count,
    declined: Count,
    expired: Count,
    acceptanceRate: Rate.max(1).meta({ description: 'Accepted by all offers made', example: 0.6 }),
  }),
};

export const WaitlistFigures = z
  .object({
    ...ZonedPeriod.shape,
    ...Filled,
    previous: z.object({ ...Period.shape, ...Filled }).meta({ description: 'As many days, right before' }),
  })
  .meta({ id: 'AnalyticsWaitlist' });
export type WaitlistFigures = z.output<typeof WaitlistFigures>;

/** Entries that ended alike, and as soon. */
export type WaitRow = Pick<
  Wait,
  'status' | 'hoursToBooking' | 'offers' | 'accepted' | 'declined' | 'expired'
> & {
  readonly isCurrent: number;
  readonly entries: number;
};

const filledIn = (rows: readonly WaitRow[]) => {
  const entriesOf = (status: Wait['status']) =>
    sumOf(
      rows.filter((row) => row.status === status),
      ({ entries }) => entries,
    );
  const [waiting, booked, left, expired] = [
    entriesOf('waiting'),
    entriesOf('booked'),
    entriesOf('left'),
    entriesOf('expired'),
  ];
  const made = sumOf(rows, ({ offers }) => offers);
  const accepted = sumOf(rows, (row) => row.accepted);
  const waits = rows
    .flatMap(({ hoursToBooking, entries }) =>
      hoursToBooking === null ? [] : [{ leadHours: hoursToBooking, appointments: entries }],
    )
    .sort((a, b) => a.leadHours - b.leadHours);
  return {
    entries: waiting + booked + left + expired,
    waiting,
    booked,
    left,
    expired,
    fillRate: rateOf(booked, booked + left + expired),
    medianHoursToBooking: percentileOf(waits, 0.5),
    offers: {
      made,
      accepted,
      declined: sumOf(rows, ({ declined }) => declined),
      expired: sumOf(rows, (row) => row.expired),
      acceptanceRate: Math.min(1, rateOf(accepted, made)),
    },
  };
};

/** `rows` are those of both periods. */
export const waitlistOf = (
  period: ZonedPeriod,
  previous: Period,
  rows: readonly WaitRow[],
): WaitlistFigures => {
  const { current, previous: before } = ofBoth(rows);
  return { ...period, ...filledIn(current), previous: { ...previous, ...filledIn(before) } };
};

export const waitlistTable = ({ waiting, booked, left, expired, offers }: WaitlistFigures) => ({
  columns: ['figure', 'count'],
  rows: Object.entries({
    waiting,
    booked,
    left,
    expired,
    offersMade: offers.made,
    offersAccepted: offers.accepted,
    offersDeclined: offers.declined,
    offersExpired: offers.expired,
  }),
});
