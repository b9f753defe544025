import type { Tx } from '../../../database/db.ts';
import { renewCalendarVersion } from '../../../database/versions.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Place } from '../models/appointment.ts';
import type { GroupVisit } from '../models/group-visit.ts';
import type { PlannedVisit } from '../models/visit-plan.ts';
import { appointmentProblems } from '../problems.ts';
import {
  type Claim,
  deleteClaims,
  deleteExpiredClaims,
  freePartsOf,
  type Holder,
  insertClaims,
} from '../repositories/claim.repository.ts';
import { countSeats, deleteGroup, findGroupToJoin, insertGroup } from '../repositories/group.repository.ts';
import { leaveGroup, listExpiredHolds } from '../repositories/hold.repository.ts';
import { listOverlappingOverrides } from '../repositories/override.repository.ts';

const { slot_taken, patient_busy, room_taken } = appointmentProblems;

/** What an appointment or a hold takes. Without a patient only the doctor's time, and the room's. */
export type Taking = {
  readonly holder: Holder;
  readonly visit: PlannedVisit;
  readonly patientId: string | null;
};
/** Where the holder sits: in a group visit, in whose room it is. */
export type Seat = { readonly groupId: string | null; readonly roomId: string | null };
/** An appointment or a hold that gives its time back. */
export type Taken = { readonly id: string; readonly doctorId: string; readonly groupId: string | null };
export type Calendar = ReturnType<typeof createCalendar>;

/** Buffers keep the doctor's calendar free; patient and room are only needed for the visit itself. */
const doctorClaim = ({ place, doctorTime }: PlannedVisit): Claim => ({
  calendarId: place.doctorId,
  time: doctorTime,
  whenTaken: slot_taken,
});
const patientClaims = (patientId: string | null, place: Place): Claim[] =>
  patientId === null ? [] : [{ calendarId: patientId, time: timeOf(place), whenTaken: patient_busy }];
const roomClaims = ({ roomId, ...place }: Place): Claim[] =>
  roomId === null ? [] : [{ calendarId: roomId, time: timeOf(place), whenTaken: room_taken }];

const timeOf = ({ startsAt, endsAt }: Pick<Place, 'startsAt' | 'endsAt'>): Interval => ({
  start: startsAt.getTime(),
  end: endsAt.getTime(),
});

/** Takes and gives back the time of doctors, patients and rooms, inside the transaction of whoever books. */
export const createCalendar = ({ clock }: { clock: Clock }) => {
  /** The seats of a group are counted under its lock; its first seat takes the time of doctor and room. */
  const joinGroup = async (tx: Tx, visit: PlannedVisit): Promise<GroupVisit> => {
    const { doctorId, serviceId, roomId, startsAt } = visit.place;
    const start = { doctorId, serviceId, roomId, startsAt };
    const now = clock.now();
    const group = await findGroupToJoin(tx, start, { now });
    if (group) {
      if (group.seatsTaken >= visit.capacity) throw new AppError(slot_taken);
      return group;
    }
    const id = newId();
    if (!(await insertGroup(tx, id, start))) return joinGroup(tx, visit);
    await insertClaims(tx, { id, expiresAt: null }, [doctorClaim(visit), ...roomClaims(visit.place)], now);
    return { ...start, id, seatsTaken: 0 };
  };

  const takeOnce = async (tx: Tx, { holder, visit, patientId }: Taking): Promise<Seat> => {
    const ofPatient = patientClaims(patientId, visit.place);
    const now = clock.now();
    if (visit.capacity === 1) {
      await insertClaims(tx, holder, [doctorClaim(visit), ...ofPatient, ...roomClaims(visit.place)], now);
      return { groupId: null, roomId: visit.place.roomId };
    }
    const group = await joinGroup(tx, visit);
    await insertClaims(tx, holder, ofPatient, now);
    return { groupId: group.id, roomId: group.roomId };
  };

  /** Whether there were any. Their rows stay, so that their owners are told, and so is whoever waits for the rest of the time. */
  const sweepExpired = async (tx: Tx, { visit, patientId }: Taking): Promise<boolean> => {
    const owners = { doctorId: visit.place.doctorId, patientId };
    const expired = await listExpiredHolds(tx, owners, visit.doctorTime, clock.now());
    for (const hold of expired) {
      await leaveGroup(tx, hold.id);
      await free(tx, hold);
    }
    if (expired.length > 0) return true;
    // Somebody else may be telling of the hold just now, and has its row; its claims are free all the same.
    const calendarIds = [owners.doctorId, ...(patientId === null ? [] : [patientId])];
    return deleteExpiredClaims(tx, calendarIds, visit.doctorTime, clock.now());
  };

  /** Gives the time of a holder back. Its row no longer names its group by now. */
  const free = async (tx: Tx, { id, doctorId, groupId }: Taken): Promise<void> => {
    renewCalendarVersion(tx, doctorId);
    await deleteClaims(tx, id);
    if (groupId !== null && (await countSeats(tx, groupId)) === 0) {
      await deleteClaims(tx, groupId);
      await deleteGroup(tx, groupId);
    }
  };

  /** Others may take a part between the look and the claim; then there is less left to look for. */
  const takeWhatIsFree = async (tx: Tx, holder: Holder, claim: Claim): Promise<void> => {
    for (;;) {
      try {
        await insertClaims(tx, holder, await freePartsOf(tx, claim), clock.now());
        return;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }
  };

  return {
    free,

    /** Takes the time, or fails with `slot_taken`, `patient_busy` or `room_taken`. */
    take: async (tx: Tx, taking: Taking): Promise<Seat> => {
      renewCalendarVersion(tx, taking.visit.place.doctorId);
      try {
        return await takeOnce(tx, taking);
      } catch (error) {
        if (!(error instanceof AppError) || !(await sweepExpired(tx, taking))) throw error;
        return takeOnce(tx, taking);
      }
    },

    /** For an override: takes what is free of the time and leaves the rest with those who have it. */
    takeBeside: async (tx: Tx, { holder, visit, patientId }: Taking): Promise<Seat> => {
      renewCalendarVersion(tx, visit.place.doctorId);
      const wanted = [
        doctorClaim(visit),
        ...patientClaims(patientId, visit.place),
        ...roomClaims(visit.place),
      ];
      for (const claim of wanted) await takeWhatIsFree(tx, holder, claim);
      return { groupId: null, roomId: visit.place.roomId };
    },

    /** After time was freed: overrides that sit beside it take what they could not have before. */
    fillOverrides: async (tx: Tx, doctorId: string, time: Interval): Promise<void> => {
      renewCalendarVersion(tx, doctorId);
      for (const { id, place, patientId } of await listOverlappingOverrides(tx, doctorId, time)) {
        const wanted = [
          { calendarId: place.doctorId, time: timeOf(place), whenTaken: slot_taken },
          ...patientClaims(patientId, place),
          ...roomClaims(place),
        ];
        for (const claim of wanted) await takeWhatIsFree(tx, { id, expiresAt: null }, claim);
      }
    },
  };
};
