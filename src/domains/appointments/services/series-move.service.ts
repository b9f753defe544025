import type { Database, Tx } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { demandVersion } from '../../../shared/utils/versions.ts';
import type { BookingSettings, TenantsPort } from '../../tenants/index.ts';
import type { Appointment } from '../models/appointment.ts';
import { shiftedStarts } from '../models/series-shift.ts';
import { type Series, type SeriesView, versionOf } from '../models/series.ts';
import { mayMove } from '../models/status.ts';
import type { WantedVisit } from '../models/visit-plan.ts';
import { appointmentProblems } from '../problems.ts';
import {
  listAppointmentsOfSeries,
  listAppointmentsToChange,
} from '../repositories/appointment.repository.ts';
import { findSeriesToChange } from '../repositories/series.repository.ts';
import type { UpdateSeries } from '../validators/series.ts';
import { offeringAlternatives } from './alternatives.ts';
import { atOccurrence } from './occurrence-problem.ts';
import { type Move, moveBy, type RescheduleService } from './reschedule.service.ts';
import { demandSeriesSight, maySee } from './sight.ts';
import type { SlotService } from './slot.service.ts';
import type { VisitPlanner } from './visit-planner.ts';

export type SeriesMoveDeps = {
  database: Database;
  tenants: Pick<TenantsPort, 'settings'>;
  planner: VisitPlanner;
  slots: SlotService;
  reschedule: RescheduleService;
};
export type SeriesMoveService = ReturnType<typeof createSeriesMoveService>;

type Wants = (visit: WantedVisit) => void;

/** Changes a visit of a series and all that follow it. */
export const createSeriesMoveService = (deps: SeriesMoveDeps) => {
  const { database, tenants, planner, slots, reschedule } = deps;

  /** The new start of each visit; as it is, unless time or doctor change. */
  const newStarts = async (
    tx: Tx,
    ctx: Ctx,
    { series, visits }: { series: Series; visits: readonly [Appointment, ...Appointment[]] },
    { startsAt, doctorId, serviceId }: UpdateSeries,
  ): Promise<Date[]> => {
    const [first] = visits;
    if (startsAt === undefined && doctorId === undefined) return visits.map((visit) => visit.startsAt);
    const ids = { doctorId: doctorId ?? first.doctorId, serviceId: serviceId ?? first.serviceId };
    const timezone = doctorId === undefined ? undefined : (await planner.findBookable(tx, ctx, ids)).timezone;
    return shiftedStarts(series, visits, { startsAt: startsAt ?? first.startsAt, timezone });
  };

  /** All free their time before any takes a new one: visits of one series never block each other. */
  const moveAll = async (
    tx: Tx,
    ctx: Ctx,
    moves: readonly Move[],
    { settings, wants }: { settings: BookingSettings; wants: Wants },
  ) => {
    const takesTime = new Map<Move, boolean>();
    for (const move of moves) {
      await naming(move, () => {
        reschedule.demandMovable(ctx, move, settings);
      });
      takesTime.set(move, await reschedule.release(tx, move.before));
    }
    for (const move of moves) {
      wants(move.wanted);
      const options = { settings, takesTime: takesTime.get(move) === true };
      await naming(move, () => reschedule.settle(tx, ctx, move, options));
    }
    for (const move of moves) await reschedule.fillGap(tx, move);
  };

  const updateIn = async (
    tx: Tx,
    ctx: Ctx,
    { id, request, ifMatch, settings, wants }: Request,
  ): Promise<SeriesView> => {
    const { from, ...changes } = request;
    const found = await findSeriesToChange(tx, id);
    const all = await listAppointmentsToChange(tx, id);
    const { series, seen } = demandSeriesSight(ctx, found, all);
    demandVersion({ version: versionOf(all) }, ifMatch);
    const [first, ...following] = seen.filter(({ startsAt, status }) => startsAt >= from && mayMove(status));
    if (!first) {
      const detail = 'No visit of the series that starts then or later can be changed.';
      throw new AppError(appointmentProblems.invalid_transition, detail);
    }
    const visits = [first, ...following] as const;
    const starts = await newStarts(tx, ctx, { series, visits }, request);
    const moves: Move[] = [];
    for (const [at, before] of visits.entries()) {
      const move = moveBy(before, { ...changes, startsAt: starts[at] });
      if (move) moves.push(move);
      else await reschedule.amend(tx, ctx, before, changes);
    }
    await moveAll(tx, ctx, moves, { settings, wants });
    const appointments = await listAppointmentsOfSeries(tx, id);
    return {
      ...series,
      version: versionOf(appointments),
      appointments: appointments.filter((appointment) => maySee(ctx, appointment)),
    };
  };

  return {
    /** All visits that start at `from` or later and have not begun are changed, or none. */
    update: (ctx: Ctx, id: string, request: UpdateSeries, ifMatch: number | undefined): Promise<SeriesView> =>
      offeringAlternatives(ctx, slots, async (wants) => {
        const settings = await tenants.settings(ctx.tenantId);
        return database.transaction(ctx, (tx) =>
          updateIn(tx, ctx, { id, request, ifMatch, settings, wants }),
        );
      }),
  };
};

type Request = {
  readonly id: string;
  readonly request: UpdateSeries;
  readonly ifMatch: number | undefined;
  readonly settings: BookingSettings;
  readonly wants: Wants;
};

/** A problem with one of the moves says with which. */
const naming = async <T>({ wanted }: Move, step: () => T | Promise<T>): Promise<T> => {
  try {
    return await step();
  } catch (error) {
    throw atOccurrence(error, wanted.startsAt);
  }
};
