import type { Tx } from '../../../database/db.ts';
import { type Interval, overlaps } from '../../../shared/time/interval.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { closedTime } from '../models/working-time.ts';
import { doctorProblems } from '../problems.ts';
import { listClosuresOn } from '../repositories/availability.repository.ts';
import {
  findVisitLocation,
  findVisitRoom,
  type VisitLocation,
  type VisitRoom,
} from '../repositories/place.repository.ts';
import { datesTouching } from './schedule.ts';

const { location_not_found, room_not_found, place_not_in_use, room_elsewhere } = doctorProblems;

/** What a visit asks for; null: nothing. */
export type WantedPlace = {
  readonly locationId: string | null;
  readonly roomId: string | null;
  /** The room is left out if it is not in use any more, instead of refusing the visit. */
  readonly isRoomOptional: boolean;
  /** Closures have been looked at, or do not matter. */
  readonly mayBeClosed: boolean;
};
/** Where a visit takes place; `timezone` is the location's. */
export type VisitPlace = Pick<WantedPlace, 'locationId' | 'roomId'> & {
  readonly timezone: string | null;
  readonly isClosed: boolean;
};

/**
 * The place of a visit at `visit` (epoch milliseconds), in a transaction that has locked its doctor. A room brings its
 * location along. 404 for what there is not, 422 for what is not in use or does not go together.
 */
export const placeForVisit = async (tx: Tx, wanted: WantedPlace, visit: Interval): Promise<VisitPlace> => {
  const room = await findRoom(tx, wanted);
  const locationId = wanted.locationId ?? room?.locationId ?? null;
  if (locationId === null) return { locationId, roomId: null, timezone: null, isClosed: false };
  if (room && room.locationId !== locationId) throw new AppError(room_elsewhere);
  const location = await demandLocation(tx, locationId);
  const isClosed = !wanted.mayBeClosed && (await isClosedDuring(tx, location, visit));
  return { locationId, roomId: room?.id ?? null, timezone: location.timezone, isClosed };
};

const findRoom = async (tx: Tx, { roomId, isRoomOptional }: WantedPlace): Promise<VisitRoom | undefined> => {
  if (roomId === null) return undefined;
  const room = await findVisitRoom(tx, roomId);
  if (room?.active) return room;
  if (isRoomOptional) return undefined;
  throw room ? new AppError(place_not_in_use, 'The room is not in use.') : new AppError(room_not_found);
};

const demandLocation = async (tx: Tx, id: string): Promise<VisitLocation> => {
  const location = await findVisitLocation(tx, id);
  if (!location) throw new AppError(location_not_found);
  if (!location.active) throw new AppError(place_not_in_use, 'The location is not in use.');
  return location;
};

const isClosedDuring = async (tx: Tx, { id, timezone }: VisitLocation, visit: Interval): Promise<boolean> => {
  const closures = await listClosuresOn(tx, datesTouching(visit));
  const ofLocation = closures.filter(({ locationId }) => locationId === id);
  return closedTime({ closures: ofLocation, timezone }, id).some((closed) => overlaps(closed, visit));
};
