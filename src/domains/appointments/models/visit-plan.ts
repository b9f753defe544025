import { contains, type Interval } from '../../../shared/time/interval.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/time/units.ts';
import type { Role } from '../../../shared/config/permissions.ts';
import type { Bookable } from '../../doctors/index.ts';
import type { BookingSettings } from '../../tenants/index.ts';
import type { Place } from './appointment.ts';
import { type SlotQuery, type SlotRules, withBuffers, type WorkingTime } from './slots.ts';

/** A visit that may be booked: where it takes place, and what it takes of the doctor's calendar, buffers included. */
export type PlannedVisit = {
  readonly place: Place;
  readonly doctorTime: Interval;
  /** How many patients may share the start. */
  readonly capacity: number;
  readonly requiresConfirmation: boolean;
  /** What the service costs now. */
  readonly price: Bookable['price'];
};

export type WantedVisit = {
  readonly doctorId: string;
  readonly serviceId: string;
  readonly startsAt: Date;
  readonly locationId?: string | null | undefined;
  readonly roomId?: string | null | undefined;
  /** Where it was until now: it stays there, if nothing else is said and the doctor's hours and the new place allow it. */
  readonly former?: { readonly locationId: string | null; readonly roomId: string | null };
};

/** All that the rules of a plan ask of whoever books it. */
export type Asker = { readonly role: Role };

export const isPatient = ({ role }: Asker): boolean => role === 'patient';

/** How the clinic offers the service; the service's own step goes before the clinic's, and its length is the last resort. */
export const rulesOf = (
  bookable: Bookable,
  settings: Pick<BookingSettings, 'slotIntervalMinutes' | 'slotAnchor'>,
): SlotRules => ({
  durationMinutes: bookable.durationMinutes,
  bufferBeforeMinutes: bookable.bufferBeforeMinutes,
  bufferAfterMinutes: bookable.bufferAfterMinutes,
  stepMinutes: bookable.slotIntervalMinutes ?? settings.slotIntervalMinutes ?? bookable.durationMinutes,
  anchor: settings.slotAnchor,
  timezone: bookable.timezone,
});

/** From when to when the caller may book: patients owe notice and see so far ahead, staff book from `now` (epoch milliseconds) on. */
export const limitsOf = (
  asker: Asker,
  settings: Pick<BookingSettings, 'minNoticeMinutes' | 'horizonDays'>,
  now: number,
): Pick<SlotQuery, 'earliest' | 'latest'> =>
  isPatient(asker)
    ? { earliest: now + settings.minNoticeMinutes * MINUTE_MS, latest: now + settings.horizonDays * DAY_MS }
    : { earliest: now, latest: Number.MAX_SAFE_INTEGER - 1 };

/** The time of the visit itself, without buffers. */
export const visitOf = ({ durationMinutes }: Bookable, startsAt: Date): Interval => ({
  start: startsAt.getTime(),
  end: startsAt.getTime() + durationMinutes * MINUTE_MS,
});

/** The session in which the visit takes place; none where the doctor works elsewhere then than it is wanted. */
export const hostOf = (
  { locationId: wanted }: WantedVisit,
  visit: Interval,
  sessions: readonly WorkingTime[],
): WorkingTime | undefined =>
  sessions
    .filter((session) => contains(session, visit))
    .find(({ locationId }) => wanted == null || locationId === null || locationId === wanted);

/** The plan of a visit at a place. */
export const planAt = (bookable: Bookable, place: Place): PlannedVisit => ({
  place,
  doctorTime: withBuffers({ start: place.startsAt.getTime(), end: place.endsAt.getTime() }, bookable),
  capacity: bookable.capacity,
  requiresConfirmation: bookable.requiresConfirmation,
  price: bookable.price,
});
