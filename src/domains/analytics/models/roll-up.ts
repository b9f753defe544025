import { hasCome, type VisitStatus } from './status.ts';
import type { Visit } from './visit.ts';

type Place = Pick<Visit, 'localDate' | 'doctorId' | 'locationId' | 'serviceId'>;

/** The visits of a date to one doctor for one service at one place, summed up; see `docs/analytics.md`. */
export type DayCell = Place &
  Readonly<Record<VisitStatus, number>> & {
    /** Empty where the service has no price. */
    readonly currency: string;
    readonly lateCancelled: number;
    readonly bookedMinutes: number;
    readonly bookedAmount: number;
    readonly completedAmount: number;
    readonly reminded: number;
    readonly remindedAttended: number;
    readonly remindedNoShow: number;
    readonly remindedCancelled: number;
    readonly attendanceConfirmed: number;
  };

/** The visits that start in one hour of a date, without those that were cancelled. */
export type HourCell = Place & {
  readonly localHour: number;
  readonly appointments: number;
  readonly noShows: number;
};

const one = (is: boolean): number => (is ? 1 : 0);

const contribution = (visit: Visit, minutes: number): Omit<DayCell, keyof Place | 'currency'> => {
  const { status, price, reminded } = visit;
  const amount = price?.amount ?? 0;
  const isBooked = status !== 'cancelled' && status !== 'no_show';
  return {
    pending: one(status === 'pending'),
    confirmed: one(status === 'confirmed'),
    checked_in: one(status === 'checked_in'),
    in_progress: one(status === 'in_progress'),
    completed: one(status === 'completed'),
    cancelled: one(status === 'cancelled'),
    no_show: one(status === 'no_show'),
    lateCancelled: one(visit.lateCancelled),
    bookedMinutes: minutes,
    bookedAmount: isBooked ? amount : 0,
    completedAmount: status === 'completed' ? amount : 0,
    reminded: one(reminded),
    remindedAttended: one(reminded && hasCome(status)),
    remindedNoShow: one(reminded && status === 'no_show'),
    remindedCancelled: one(reminded && status === 'cancelled'),
    attendanceConfirmed: one(visit.attendanceConfirmed),
  };
};

/** The sum of two cells in all that is counted: the fields of `more`. */
const plus = <Cell extends object>(cell: Cell, more: Partial<Cell>): Cell =>
  Object.fromEntries(
    Object.entries(cell).map(([field, value]: [string, unknown]) => [
      field,
      field in more ? Number(value) + Number(more[field as keyof Cell]) : value,
    ]),
  ) as Cell;

const placeOf = ({ localDate, doctorId, locationId, serviceId }: Visit): Place => ({
  localDate,
  doctorId,
  locationId,
  serviceId,
});

/** Sums up all visits of the dates and doctors that they are of. A time that several patients share is booked once. */
export const rollUp = (visits: readonly Visit[]): { days: DayCell[]; hours: HourCell[] } => {
  const days = new Map<string, DayCell>();
  const hours = new Map<string, HourCell>();
  const counted = new Set<string>();
  for (const visit of visits.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const place = placeOf(visit);
    const time = [visit.doctorId, visit.serviceId, visit.startsAt.toISOString()].join();
    const takesTime = visit.status !== 'cancelled' && !counted.has(time);
    if (takesTime) counted.add(time);
    const currency = visit.price?.currency ?? '';
    const more = contribution(visit, takesTime ? visit.minutes : 0);
    add(days, [...Object.values(place), currency].join(), { ...place, currency, ...more }, more);
    if (visit.status === 'cancelled') continue;
    const noShows = one(visit.status === 'no_show');
    const hour = { appointments: 1, noShows };
    const { localHour } = visit;
    add(hours, [...Object.values(place), localHour].join(), { ...place, localHour, ...hour }, hour);
  }
  return { days: [...days.values()], hours: [...hours.values()] };
};

const add = <Cell extends object>(
  cells: Map<string, Cell>,
  key: string,
  first: Cell,
  more: Partial<Cell>,
) => {
  const cell = cells.get(key);
  cells.set(key, cell ? plus(cell, more) : first);
};
