import type { Tx } from '../../../database/db.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { localTimeAt } from '../../../shared/time/wall-clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Bookable, DoctorsPort } from '../../doctors/index.ts';
import type { Place } from '../models/appointment.ts';
import type { WorkingTime } from '../models/slots.ts';
import { hostOf, type WantedVisit } from '../models/visit-plan.ts';
import { appointmentProblems } from '../problems.ts';

const { outside_availability } = appointmentProblems;

/** Says where a visit takes place. */
export const createVisitPlacement = ({ doctors }: { doctors: Pick<DoctorsPort, 'placeForVisit'> }) => {
  /**
   * Where the visit takes place, on the clock of that location; without one, on the doctor's. `host` is where the doctor
   * works then, and open; null leaves the place open.
   */
  const placed = async (
    tx: Tx,
    bookable: Bookable,
    wanted: WantedVisit,
    visit: Interval,
    { host, isOverride = false }: { host: string | null; isOverride?: boolean },
  ): Promise<Place> => {
    const { former } = wanted;
    const named = wanted.locationId === undefined ? (former?.locationId ?? null) : wanted.locationId;
    const locationId = host ?? named;
    const isRoomOptional = wanted.roomId === undefined;
    const formerRoomId = former?.locationId === locationId ? former.roomId : null;
    const roomId = wanted.roomId === undefined ? formerRoomId : wanted.roomId;
    const mayBeClosed = host !== null || isOverride;
    const place = await doctors.placeForVisit(tx, { locationId, roomId, isRoomOptional, mayBeClosed }, visit);
    if (place.isClosed) throw new AppError(outside_availability, 'The location is closed then.');
    const timezone = place.timezone ?? bookable.timezone;
    return {
      doctorId: bookable.doctorId,
      serviceId: bookable.serviceId,
      locationId: place.locationId,
      roomId: place.roomId,
      startsAt: wanted.startsAt,
      endsAt: new Date(visit.end),
      timezone,
      localStart: localTimeAt(timezone, visit.start),
    };
  };

  /** Where it takes place inside the doctor's hours. */
  const placeOf = (
    tx: Tx,
    bookable: Bookable,
    wanted: WantedVisit,
    visit: Interval,
    sessions: readonly WorkingTime[],
  ): Promise<Place> => {
    const host = hostOf(wanted, visit, sessions);
    if (!host) throw new AppError(outside_availability, 'The doctor works at another location then.');
    return placed(tx, bookable, wanted, visit, { host: host.locationId });
  };

  return { placed, placeOf };
};
