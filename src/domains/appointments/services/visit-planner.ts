import type { Db, Tx } from '../../../database/db.ts';
import { contains, type Interval } from '../../../shared/time/interval.ts';
import { MINUTE_MS } from '../../../shared/time/units.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { type Bookable, doctorProblems, type DoctorsPort } from '../../doctors/index.ts';
import type { BookingSettings } from '../../tenants/index.ts';
import type { Place } from '../models/appointment.ts';
import { isOnGrain } from '../models/claim.ts';
import { openStartsOf } from '../models/group-visit.ts';
import { type SlotQuery, type StartProblem, startProblems } from '../models/slots.ts';
import { problemOfStart } from '../models/start-problem.ts';
import {
  type Asker,
  isPatient,
  limitsOf,
  planAt,
  type PlannedVisit,
  rulesOf,
  visitOf,
  type WantedVisit,
} from '../models/visit-plan.ts';
import { readCalendars } from './calendars.ts';
import { createVisitPlacement } from './visit-placement.ts';

export type PlannerDeps = { doctors: DoctorsPort; clock: Clock };
export type VisitPlanner = ReturnType<typeof createVisitPlanner>;

/**
 * What bends the rules of a plan: an appointment that does not block its own move, or a time that the clinic has kept for
 * the patient already. With `isClaimed`, whoever plans claims the time next, unless a pending visit is to block none.
 */
export type PlanOptions = {
  readonly except?: string;
  readonly isHeld?: boolean;
  readonly isClaimed?: boolean;
};

/** What does not count against a time that was kept: it was right when it was kept. */
const settledByHold: ReadonlySet<StartProblem> = new Set(['notice_too_short', 'beyond_horizon']);

/** Whether nothing but the claims is needed to say that the time is free: no shared seats, and no grid that depends on what is free. */
const claimsDecide = (
  { capacity, requiresConfirmation }: Bookable,
  { slotAnchor, pendingBlocksTime }: BookingSettings,
): boolean => capacity === 1 && slotAnchor !== 'compact' && (pendingBlocksTime || !requiresConfirmation);

export const createVisitPlanner = ({ doctors, clock }: PlannerDeps) => {
  const { placed, placeOf } = createVisitPlacement({ doctors });

  const known = async (
    db: Db,
    ids: { doctorId: string; serviceId: string },
    bookable: Bookable | undefined,
  ): Promise<Bookable> => {
    if (bookable) return bookable;
    const { doctor_not_found, service_not_found } = doctorProblems;
    throw new AppError((await doctors.exists(db, ids.doctorId)) ? service_not_found : doctor_not_found);
  };

  /** The service of the doctor, whether it can be booked or not; 404 if there is no such doctor or service. */
  const findKnown = async (db: Db, ids: { doctorId: string; serviceId: string }): Promise<Bookable> =>
    known(db, ids, await doctors.findBookable(db, ids));

  const demandBookable = (ctx: Asker, bookable: Bookable): Bookable => {
    if (isPatient(ctx) && !bookable.bookableByPatients) throw new AppError(doctorProblems.service_not_found);
    if (!bookable.offered) throw new AppError(doctorProblems.service_not_offered);
    return bookable;
  };

  /** The service of the doctor, or the reason why the caller cannot book it. */
  const findBookable = async (db: Db, ctx: Asker, ids: { doctorId: string; serviceId: string }) =>
    demandBookable(ctx, await findKnown(db, ids));

  /** {@link findBookable}, under a lock that a change of the doctor's hours respects. */
  const lockBookable = async (tx: Tx, ctx: Asker, ids: { doctorId: string; serviceId: string }) =>
    demandBookable(ctx, await known(tx, ids, await doctors.lockBookable(tx, ids)));

  /**
   * What counts as busy for the service: not the claims of group visits that nobody is in any more. `openStarts` are those
   * that still have a seat.
   */
  const busyFor = async (db: Db, bookable: Bookable, span: Interval, except: string | undefined) => {
    const { groups, busy } = await readCalendars(db, [bookable.doctorId], span, { now: clock.now(), except });
    return { busy: busy.get(bookable.doctorId) ?? [], openStarts: openStartsOf(groups, bookable) };
  };

  /** The question that `startProblems` answers for a start, with the starts of group visits that have a seat. */
  const queryAround = async (
    db: Db,
    ctx: Asker,
    { bookable, settings, visit, except, isLeftToClaims = false }: Question,
  ): Promise<{ query: SlotQuery; openStarts: ReadonlyMap<number, number> }> => {
    const [sessions = []] = await doctors.sessions(db, [bookable], visit);
    const bufferMs = (bookable.bufferBeforeMinutes + bookable.bufferAfterMinutes) * MINUTE_MS;
    const span = {
      start: Math.min(visit.start, ...sessions.map(({ start }) => start)) - bufferMs,
      end: Math.max(visit.end, ...sessions.map(({ end }) => end)) + bufferMs,
    };
    const { busy, openStarts } = isLeftToClaims
      ? { busy: [], openStarts: new Map<number, number>() }
      : await busyFor(db, bookable, span, except);
    const query = {
      sessions,
      busy,
      rules: rulesOf(bookable, settings),
      from: visit.start,
      to: visit.start + 1,
      ...limitsOf(ctx, settings, clock.now().getTime()),
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

  return {
    findKnown,
    findBookable,
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
      { except, isHeld = false, isClaimed = false }: PlanOptions = {},
    ): Promise<PlannedVisit> => {
      const bookable = await lockBookable(tx, ctx, wanted);
      const visit = visitOf(bookable, wanted.startsAt);
      const question = { bookable, settings, visit, ...(except !== undefined && { except }) };
      const { reasons, sessions } = await reasonsAgainst(tx, ctx, {
        ...question,
        mustBeOffered: isPatient(ctx) && !isHeld,
        isLeftToClaims: isClaimed && claimsDecide(bookable, settings),
      });
      const [reason] = isHeld ? reasons.filter((code) => !settledByHold.has(code)) : reasons;
      if (reason !== undefined) {
        throw new AppError(problemOfStart[reason].problem, problemOfStart[reason].detail);
      }
      return planAt(bookable, await placeOf(tx, bookable, wanted, visit, sessions));
    },

    /** The plan of a visit that is agreed already. */
    planned: async (tx: Tx, ctx: Ctx, place: Place): Promise<PlannedVisit> =>
      planAt(await lockBookable(tx, ctx, place), place),

    /** A visit past the rules: only the five-minute grain is left. It takes place where it is said to, or where the doctor works then. */
    planOverride: async (tx: Tx, ctx: Ctx, wanted: WantedVisit): Promise<PlannedVisit> => {
      const bookable = await lockBookable(tx, ctx, wanted);
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
  /** Whether it is for the claims to say what is busy. */
  readonly isLeftToClaims?: boolean;
};
