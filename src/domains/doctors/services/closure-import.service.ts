import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import { lockTenant } from '../../../database/tenant-lock.ts';
import { addDays } from '../../../shared/time/local-date.ts';
import { localDateAt } from '../../../shared/time/wall-clock.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems, invalid } from '../../../shared/utils/errors.ts';
import type { AffectedAppointment } from '../models/availability.ts';
import type { Closure } from '../models/closure.ts';
import type { Holiday, HolidayCalendar } from '../models/holiday-calendar.ts';
import type { Location } from '../models/location.ts';
import type { Period } from '../models/yearly-dates.ts';
import { doctorProblems } from '../problems.ts';
import { closureRepository, listClosuresBetween } from '../repositories/closure.repository.ts';
import { locationRepository } from '../repositories/location.repository.ts';
import type { ClosureImport, ImportClosures } from '../validators/closure-import.ts';
import { type PlaceChanges, spanOfDates } from './place-changes.ts';
import type { ScheduleChanges } from './schedule-changes.ts';

export type ClosureImportDeps = {
  database: Database;
  audit: AuditTrail;
  clock: Clock;
  timezoneOf: (tenantId: string) => Promise<string>;
  scheduleChanges: ScheduleChanges;
  placeChanges: PlaceChanges;
};
export type ClosureImportService = ReturnType<typeof createClosureImportService>;

const DEFAULT_DAYS = 730;

/** Makes closures of the holidays in an iCalendar text. */
export const createClosureImportService = (deps: ClosureImportDeps) => {
  const { database, audit, clock, timezoneOf, scheduleChanges, placeChanges } = deps;

  const periodOf = async (ctx: Ctx, { from, to }: ImportClosures): Promise<Period> => {
    const first = from ?? localDateAt(await timezoneOf(ctx.tenantId), clock.now().getTime());
    const last = to ?? addDays(first, DEFAULT_DAYS);
    if (last < first) throw invalid('/to', 'must not be in the past, unless from is given');
    return { from: first, to: last };
  };

  const add = async (tx: Tx, ctx: Ctx, holiday: Holiday, locationId: string | null) => {
    const now = clock.now();
    const closure: Closure = {
      ...holiday,
      locationId,
      id: newId(),
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    await closureRepository.insert(tx, closure);
    await audit.record(tx, ctx, {
      action: 'closure.imported',
      resourceType: 'closure',
      resourceId: closure.id,
      changes: { ...holiday, locationId },
    });
  };

  /** Adds the holidays, or in a dry run does not; answers whom they affect. */
  const close = async (
    tx: Tx,
    ctx: Ctx,
    holidays: readonly Holiday[],
    { location, dryRun }: { location: Location | undefined; dryRun: boolean },
  ): Promise<AffectedAppointment[]> => {
    if (holidays.length === 0) return [];
    const place = { locationId: location?.id ?? null, timezone: location?.timezone ?? null };
    const closings = holidays.map((holiday) => ({ ...holiday, ...place }));
    return dryRun
      ? scheduleChanges.preview(tx, closings, spanOfDates(closings))
      : placeChanges.close(tx, ctx, closings, async () => {
          for (const holiday of holidays) await add(tx, ctx, holiday, place.locationId);
        });
  };

  return {
    /**
     * All of them or none; what is there already, with the same dates, name and location, is left alone, so that the same
     * text can be imported again. 404 for an unknown location, 422 for a text that cannot be read.
     */
    import: async (ctx: Ctx, wanted: ImportClosures): Promise<ClosureImport> => {
      const { dryRun, locationId } = wanted;
      const period = await periodOf(ctx, wanted);
      const { holidays, skipped } = await readable(wanted.ics, period);
      return database.transaction(ctx, async (tx) => {
        const location = locationId === null ? undefined : await locationRepository.find(tx, locationId);
        if (locationId !== null && !location) throw new AppError(doctorProblems.location_not_found);
        if (!dryRun) await lockTenant(tx, 'hours');
        const present = new Set((await listClosuresBetween(tx, locationId, period)).map(keyOf));
        const added = holidays.filter((holiday) => !present.has(keyOf(holiday)));
        const affectedAppointments = await close(tx, ctx, added, { location, dryRun });
        const closures = holidays.map(
          (each) => ({ ...each, status: present.has(keyOf(each)) ? 'exists' : 'new' }) as const,
        );
        return { dryRun, closures, skipped: [...skipped], affectedAppointments };
      });
    },
  };
};

const keyOf = ({ startDate, endDate, name }: Holiday): string => JSON.stringify([startDate, endDate, name]);

/** Whatever the parser stumbles over is a fault of the text. */
const readable = async (ics: string, period: Period): Promise<HolidayCalendar> => {
  const { readHolidays } = await import('../models/holiday-calendar.ts');
  try {
    return readHolidays(ics, period);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : 'cannot be read';
    throw new AppError(commonProblems.validation_failed, undefined, {
      cause,
      errors: [{ pointer: '/ics', detail: detail.slice(0, 200) }],
    });
  }
};
