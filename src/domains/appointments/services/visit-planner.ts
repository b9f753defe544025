import type { Db, Tx } from '../../../database/db.ts';
import { contains, type Interval } from '../../../shared/time/interval.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/time/units.ts';
import { localTimeAt } from '../../../shared/time/wall-clock.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, type Problem } from '../../../shared/utils/errors.ts';
import { type Bookable, doctorProblems, type DoctorsPort } from '../../doctors/index.ts';
import type { BookingSettings } from '../../tenants/index.ts';
import type { Place } from '../models/appointment.ts';
import { isOnGrain } from '../models/claim.ts';
import {
  type SlotQuery,
  type SlotRules,
  type StartProblem,
  startProblems,
  type WorkingTime,
} from '../models/slots.ts';
import { appointmentProblems } from '../problems.ts';
import { listBusy } from '../repositories/claim.repository.ts';
import { type GroupVisit, listGroups } from '../repositories/group.repository.ts';

export type PlannerDeps = { doctors: DoctorsPort; clock: Clock };
export type VisitPlanner = ReturnType<typeof createVisitPlanner>;

/** A visit that may be booked: where it takes place, and what it takes of the doctor's calendar, buffers included. */
export type PlannedVisit = {
  readonly place: Place;
  readonly doctorTime: Interval;
  /** How many patients may share the start. */
  readonly capacity: number;
  readonly requiresConfirmation: boolean;
};

/** What bends the rules of a plan: an appointment that does not block its own move, or a time that is held already. */
export type PlanOptions = { readonly except?: string; readonly isHeld?: boolean };

export type WantedVisit = {
  readonly doctorId: string;
  readonly serviceId: string;
  readonly startsAt: Date;
  readonly locationId?: string | null | undefined;
  readonly roomId?: string | null | undefined;
  /** Where it was until now: it stays there, if nothing else is said and the doctor's hours and the new place allow it. */
  readonly former?: { readonly locationId: string | null; readonly roomId: string | null };
};

const { outside_availability, notice_too_short, beyond_horizon, slot_taken } = appointmentProblems;

/** What the caller is told of each reason against a start. */
export const problemOfStart: Readonly<Record<StartProblem, { problem: Problem; detail: string }>> = {
  off_grain: { problem: outside_availability, detail: 'Visits start at full five minutes.' },
  in_the_past: { problem: notice_too_short, detail: 'That time has passed.' },
  notice_too_short: { problem: notice_too_short, detail: 'The clinic wants to know of a visit earlier.' },
  beyond_horizon: { problem: beyond_horizon, detail: 'The clinic does not take bookings so far ahead.' },
  outside_working_time: {
    problem: outside_availability,
    detail: 'The visit does not lie within one stretch of the doctor’s working time for this service.',
  },
  off_grid: { problem: outside_availability, detail: 'That start is not one of the offered slots.' },
  busy: { problem: slot_taken, detail: 'The doctor has something else then, or too close to it.' },
};

/** All that the rules of a visit ask of whoever books it. */
export type Asker = Pick<Ctx, 'role'>;

export const isPatient = ({ role }: Asker): boolean => role === 'patient';

export const createVisitPlanner = ({ doctors, clock }: PlannerDeps) => {
  /** The service of the doctor, or the reason why the caller cannot book it. */
  const findBookable = async (
    db: Db,
    ctx: Asker,
    ids: { doctorId: string; serviceId: string },
    lock = { shared: false },
  ) => {
    const bookable = await doctors.findBookable(db, ids, lock);
    if (!bookable) {
      const { doctor_not_found, service_not_found } = doctorProblems;
      throw new AppError((await doctors.exists(db, ids.doctorId)) ? service_not_found : doctor_not_found);
    }
    if (isPatient(ctx) && !bookable.bookableByPatients) throw new AppError(doctorProblems.service_not_found);
    if (!bookable.offered) throw new AppError(doctorProblems.service_not_offered);
    return bookable;
  };

  const rulesOf = (bookable: Bookable, settings: BookingSettings): SlotRules => ({
    durationMinutes: bookable.durationMinutes,
    bufferBeforeMinutes: bookable.bufferBeforeMinutes,
    bufferAfterMinutes: bookable.bufferAfterMinutes,
    stepMinutes: bookable.slotIntervalMinutes ?? settings.slotIntervalMinutes ?? bookable.durationMinutes,
    anchor: settings.slotAnchor,
    timezone: bookable.timezone,
  });

  /** From when to when the caller may book: patients owe notice and see so far ahead, staff book from now on. */
  const limitsOf = (ctx: Asker, settings: BookingSettings): Pick<SlotQuery, 'earliest' | 'latest'> => {
    const now = clock.now().getTime();
    if (!isPatient(ctx)) return { earliest: now, latest: Number.MAX_SAFE_INTEGER - 1 };
    return {
      earliest: now + settings.minNoticeMinutes * MINUTE_MS,
      latest: now + settings.horizonDays * DAY_MS,
    };
  };

  const visitOf = ({ durationMinutes }: Bookable, startsAt: Date): Interval => ({
    start: startsAt.getTime(),
    end: startsAt.getTime() + durationMinutes * MINUTE_MS,
  });

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

  const placeOf = (
    tx: Tx,
    bookable: Bookable,
    wanted: WantedVisit,
    visit: Interval,
    sessions: readonly WorkingTime[],
  ): Promise<Place> => {
    const hosts = sessions.filter((session) => contains(session, visit));
    const wantsPlace = wanted.locationId != null;
    const host = hosts.find(
      ({ locationId }) => !wantsPlace || locationId === null || locationId === wanted.locationId,
    );
    if (!host) throw new AppError(outside_availability, 'The doctor works at another location then.');
    return placed(tx, bookable, wanted, visit, { host: host.locationId });
  };

  /**
   * What counts as busy for the service: not the claims of group visits that nobody is in any more. `openStarts` are those
   * that still have a seat.
   */
  const busyFor = async (db: Db, bookable: Bookable, span: Interval, except: string | undefined) => {
    const now = clock.now();
    const groups = await listGroups(db, [bookable.doctorId], span, { now, except });
    const holders = [...idsOfEmpty(groups), ...(except === undefined ? [] : [except])];
    return {
      busy: await listBusy(db, bookable.doctorId, span, { now, holders }),
      openStarts: openStartsOf(groups, bookable),
    };
  };

  /** The question that `startProblems` answers for a start, with the starts of group visits that have a seat. */
  const queryAround = async (
    db: Db,
    ctx: Asker,
    { bookable, settings, visit, except }: Question,
  ): Promise<{ query: SlotQuery; openStarts: ReadonlySet<number> }> => {
    const [sessions = []] = await doctors.sessions(db, [bookable], visit);
    const bufferMs = (bookable.bufferBeforeMinutes + bookable.bufferAfterMinutes) * MINUTE_MS;
    const span = {
      start: Math.min(visit.start, ...sessions.map(({ start }) => start)) - bufferMs,
      end: Math.max(visit.end, ...sessions.map(({ end }) => end)) + bufferMs,
    };
    const { busy, openStarts } = await busyFor(db, bookable, span, except);
    const query = {
      sessions,
      busy,
      rules: rulesOf(bookable, settings),
      from: visit.start,
      to: visit.start + 1,
      ...limitsOf(ctx, settings),
    };
    return { query, openStarts };
  };

  /** Every reason why the caller cannot start then. A seat in a group visit is neither busy nor off the grid. */
  const reasonsAgainst = async (db: Db, ctx: Asker, question: Question & { mustBeOffered: boolean }) => {
    const { query, openStarts } = await queryAround(db, ctx, question);
    const { start } = question.visit;
    const now = clock.now().getTime();
    const found = startProblems(start, query, { mustBeOffered: question.mustBeOffered, now });
    const reasons = openStarts.has(start)
      ? found.filter((code) => code !== 'busy' && code !== 'off_grid')
      : found;
    return { reasons, sessions: query.sessions };
  };

  const planAt = (bookable: Bookable, place: Place): PlannedVisit => ({
    place,
    doctorTime: {
      start: place.startsAt.getTime() - bookable.bufferBeforeMinutes * MINUTE_MS,
      end: place.endsAt.getTime() + bookable.bufferAfterMinutes * MINUTE_MS,
    },
    capacity: bookable.capacity,
    requiresConfirmation: bookable.requiresConfirmation,
  });

  return {
    findBookable,
    rulesOf,
    limitsOf,
    visitOf,
    reasonsAgainst,

    /**
     * Decides whether the caller may book the visit, under a lock that a change of the doctor's hours respects. Whether
     * the time is still free at the commit is decided by the claims alone.
     */
    plan: async (
      tx: Tx,
      ctx: Asker,
      settings: BookingSettings,
      wanted: WantedVisit,
      { except, isHeld = false }: PlanOptions = {},
    ): Promise<PlannedVisit> => {
      const bookable = await findBookable(tx, ctx, wanted, { shared: true });
      const visit = visitOf(bookable, wanted.startsAt);
      const question = { bookable, settings, visit, ...(except !== undefined && { except }) };
      const { reasons, sessions } = await reasonsAgainst(tx, ctx, {
        ...question,
        mustBeOffered: isPatient(ctx) && !isHeld,
      });
      const [reason] = isHeld ? reasons.filter((code) => code !== 'notice_too_short') : reasons;
      if (reason !== undefined) {
        throw new AppError(problemOfStart[reason].problem, problemOfStart[reason].detail);
      }
      return planAt(bookable, await placeOf(tx, bookable, wanted, visit, sessions));
    },

    /** The plan of a visit that is agreed already. */
    planned: async (tx: Tx, ctx: Ctx, place: Place): Promise<PlannedVisit> =>
      planAt(await findBookable(tx, ctx, place, { shared: true }), place),

    /** A visit past the rules: only the five-minute grain is left. It takes place where it is said to, or where the doctor works then. */
    planOverride: async (tx: Tx, ctx: Ctx, wanted: WantedVisit): Promise<PlannedVisit> => {
      const bookable = await findBookable(tx, ctx, wanted, { shared: true });
      const visit = visitOf(bookable, wanted.startsAt);
      if (!isOnGrain(visit.start)) {
        throw new AppError(problemOfStart.off_grain.problem, problemOfStart.off_grain.detail);
      }
      const [sessions = []] = await doctors.sessions(tx, [bookable], visit);
      const host =
        wanted.locationId ?? sessions.find((session) => contains(session, visit))?.locationId ?? null;
      return planAt(bookable, await placed(tx, bookable, wanted, visit, { host, isOverride: true }));
    },
  };
};

type Question = {
  readonly bookable: Bookable;
  readonly settings: BookingSettings;
  readonly visit: Interval;
  readonly except?: string;
};

/** Group visits whose last seat was a hold that has expired. */
export const idsOfEmpty = (groups: readonly GroupVisit[]): string[] =>
  groups.filter(({ seatsTaken }) => seatsTaken === 0).map(({ id }) => id);

/** The starts (epoch milliseconds) at which a group visit of the service still has a seat. */
export const openStartsOf = (groups: readonly GroupVisit[], bookable: Bookable): ReadonlySet<number> =>
  new Set(
    groups
      .filter(({ doctorId, serviceId }) => doctorId === bookable.doctorId && serviceId === bookable.serviceId)
      .filter(({ seatsTaken }) => seatsTaken > 0 && seatsTaken < bookable.capacity)
      .map(({ startsAt }) => startsAt.getTime()),
  );
