import type { Database, Tx } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, type Page, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, invalid } from '../../../shared/utils/errors.ts';
import { demandVersion } from '../../../shared/utils/versions.ts';
import type { PatientsPort } from '../../patients/index.ts';
import type { BookingSettings, TenantsPort } from '../../tenants/index.ts';
import { type Occurrence, occurrencesOf } from '../models/occurrences.ts';
import { parseRecurrence, UnusableRecurrence } from '../models/recurrence.ts';
import {
  type BookedSeries,
  type CancelledSeries,
  type Series,
  type SeriesSummary,
  type SeriesView,
  versionOf,
} from '../models/series.ts';
import { mayBecome } from '../models/status.ts';
import type { WantedVisit } from '../models/visit-plan.ts';
import { isAgainstTime } from '../problems.ts';
import {
  listAppointmentsOfSeries,
  listAppointmentsToChange,
} from '../repositories/appointment.repository.ts';
import {
  findSeries,
  findSeriesToChange,
  insertSeries,
  listSeries,
} from '../repositories/series.repository.ts';
import type { BookSeries, ListSeries } from '../validators/series.ts';
import { offeringAlternatives } from './alternatives.ts';
import type { AppointmentService } from './appointment.service.ts';
import type { BookingService } from './booking.service.ts';
import { atOccurrence } from './occurrence-problem.ts';
import { demandOwnCalendar, demandSeriesSight, reachOf } from './sight.ts';
import { namedPatient } from './named-patient.ts';
import type { SlotService } from './slot.service.ts';
import type { VisitPlanner } from './visit-planner.ts';

export type SeriesDeps = {
  database: Database;
  clock: Clock;
  tenants: Pick<TenantsPort, 'settings'>;
  patients: Pick<PatientsPort, 'exists'>;
  planner: VisitPlanner;
  slots: SlotService;
  booking: BookingService;
  appointments: AppointmentService;
};
export type SeriesService = ReturnType<typeof createSeriesService>;

type Booking = {
  readonly request: BookSeries;
  readonly settings: BookingSettings;
  readonly wants: (visit: WantedVisit) => void;
};

/** The verbs that book, show and cancel visits which repeat. */
export const createSeriesService = (deps: SeriesDeps) => {
  const { database, clock, tenants, patients, planner, slots, booking, appointments } = deps;

  /** Books the occurrences one after the other; each either whole or, where it may be left out, not at all. */
  const bookEach = async (
    tx: Tx,
    ctx: Ctx,
    id: string,
    occurrences: readonly Occurrence[],
    { request, settings, wants }: Booking,
  ): Promise<BookedSeries> => {
    const booked: BookedSeries = { id, created: [], skipped: [], version: versionOf([]) };
    for (const [index, { startsAt }] of occurrences.entries()) {
      const visit = { ...request, startsAt, series: { id, index } };
      wants(visit);
      try {
        booked.created.push(await tx.attempt(() => booking.bookIn(tx, ctx, settings, visit)));
      } catch (error) {
        const maySkip =
          request.onConflict === 'skip' && error instanceof AppError && isAgainstTime(error.problem);
        if (!maySkip) throw atOccurrence(error, startsAt);
        booked.skipped.push({ startsAt, code: error.problem.code });
      }
    }
    return booked;
  };

  const bookIn = async (tx: Tx, ctx: Ctx, wanted: Booking): Promise<BookedSeries> => {
    const { doctorId, recurrence, startsAt, ...request } = wanted.request;
    const { timezone } = await planner.findBookable(tx, ctx, wanted.request);
    const occurrences = readOccurrences({ recurrence, startsAt, timezone });
    const patientId = await namedPatient(tx, ctx, patients, request.patientId);
    const id = newId();
    const createdAt = clock.now();
    await insertSeries(tx, { id, doctorId, patientId, recurrence, startsAt, timezone, createdAt });
    return bookEach(tx, ctx, id, occurrences, wanted);
  };

  return {
    /** One transaction: with `fail` all visits or none, with `skip` those whose time can be had. */
    book: (ctx: Ctx, request: BookSeries): Promise<BookedSeries> => {
      demandOwnCalendar(ctx, request.doctorId);
      return offeringAlternatives(ctx, slots, async (wants) => {
        const settings = await tenants.settings(ctx.tenantId);
        return database.transaction(ctx, (tx) => bookIn(tx, ctx, { request, settings, wants }));
      });
    },

    get: async (ctx: Ctx, id: string): Promise<SeriesView> => {
      const db = database.read(ctx.tenantId);
      const found = await findSeries(db, id);
      const appointments = await listAppointmentsOfSeries(db, id);
      const { series, seen } = demandSeriesSight(ctx, found, appointments);
      return { ...series, version: versionOf(appointments), appointments: seen };
    },

    list: async (ctx: Ctx, query: ListSeries): Promise<Page<SeriesSummary>> => {
      const after = decodeCursor(IdPosition, query.cursor)?.[0];
      const reach = reachOf(ctx, 'appointments:read');
      const found = await listSeries(database.read(ctx.tenantId), { ...query, reach, after });
      return toPage(found, query.limit, ({ id }) => [id]);
    },

    /** Cancels the visits that start at `from` (default: now) or later, those that still can be. */
    cancel: async (
      ctx: Ctx,
      id: string,
      { from = clock.now(), reason }: { from?: Date | undefined; reason: string | undefined },
      ifMatch: number | undefined,
    ): Promise<CancelledSeries> => {
      const settings = await tenants.settings(ctx.tenantId);
      return database.transaction(ctx, async (tx) => {
        const found = await findSeriesToChange(tx, id);
        const visits = await listAppointmentsToChange(tx, id);
        const { seen } = demandSeriesSight(ctx, found, visits);
        const version = versionOf(visits);
        demandVersion({ version }, ifMatch);
        const answer: CancelledSeries = { id, cancelled: [], kept: [], version };
        for (const before of seen) {
          if (before.startsAt < from || !mayBecome(before.status, 'cancelled')) continue;
          demandOwnCalendar(ctx, before.doctorId);
          try {
            answer.cancelled.push(await appointments.cancelIn(tx, ctx, before, { reason, settings }));
            answer.version += 1;
          } catch (error) {
            if (!(error instanceof AppError) || !isAgainstTime(error.problem)) throw error;
            answer.kept.push({ id: before.id, code: error.problem.code });
          }
        }
        return answer;
      });
    },
  };
};

/** 422 for a rule that gives no series from that start. */
const readOccurrences = (series: Pick<Series, 'recurrence' | 'startsAt' | 'timezone'>): Occurrence[] => {
  try {
    return occurrencesOf(parseRecurrence(series.recurrence), series);
  } catch (error) {
    throw error instanceof UnusableRecurrence ? invalid('/recurrence', error.message) : error;
  }
};
