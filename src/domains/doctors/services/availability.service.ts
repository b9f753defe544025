import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Db, Tx } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { demandVersion } from '../../../shared/utils/versions.ts';
import {
  type Affected,
  type Availability,
  type Override,
  type Rule,
  type WeeklyHours,
} from '../models/availability.ts';
import type { WeeklyRule } from '../models/working-time.ts';
import { doctorProblems } from '../problems.ts';
import {
  deleteOverride,
  insertOverride,
  listOverrides,
} from '../repositories/availability-override.repository.ts';
import {
  countServices,
  findHours,
  findHoursToChange,
  listRules,
  replaceHours,
} from '../repositories/availability.repository.ts';
import type { CreateOverride, ListOverrides } from '../validators/availability.ts';
import { demandDoctorWrite } from './ownership.ts';
import type { ScheduleChanges } from './schedule-changes.ts';

export type AvailabilityDeps = {
  database: Database;
  audit: AuditTrail;
  clock: Clock;
  scheduleChanges: ScheduleChanges;
};
export type AvailabilityService = ReturnType<typeof createAvailabilityService>;

export const createAvailabilityService = ({ database, audit, clock, scheduleChanges }: AvailabilityDeps) => {
  const hoursOf = async (db: Db, doctorId: string): Promise<Availability> => {
    const hours = await findHours(db, doctorId);
    if (!hours) throw new AppError(doctorProblems.doctor_not_found);
    const rules = await listRules(db, [doctorId], { inUse: false });
    return { ...hours, rules: rules.map(toRule) };
  };

  /**
   * Makes a change to the hours under the lock that bookings share: one that committed before is among the affected,
   * one that comes after sees the new hours.
   */
  const changeHours = async (
    tx: Tx,
    ctx: Ctx,
    doctorId: string,
    {
      action,
      ifMatch,
      change,
    }: { action: string; ifMatch?: number | undefined; change: (version: number) => Promise<unknown> },
  ): Promise<Affected> => {
    const hours = await findHoursToChange(tx, doctorId);
    if (!hours) throw new AppError(doctorProblems.doctor_not_found);
    demandVersion(hours, ifMatch);

    const affectedAppointments = await scheduleChanges.make(tx, ctx, { doctorIds: [doctorId] }, () =>
      change(hours.version + 1),
    );
    await audit.record(tx, ctx, { action, resourceType: 'doctor', resourceId: doctorId });
    return { affectedAppointments };
  };

  return {
    get: (ctx: Ctx, doctorId: string): Promise<Availability> =>
      hoursOf(database.read(ctx.tenantId), doctorId),

    replace: (ctx: Ctx, doctorId: string, hours: WeeklyHours, ifMatch: number | undefined) => {
      demandDoctorWrite(ctx, doctorId);
      return database.transaction(ctx, async (tx): Promise<Availability & Affected> => {
        const affected = await changeHours(tx, ctx, doctorId, {
          action: 'availability.replaced',
          ifMatch,
          change: async (version) => {
            await demandServices(tx, hours);
            await replaceHours(tx, doctorId, hours, version);
          },
        });
        return { ...(await hoursOf(tx, doctorId)), ...affected };
      });
    },

    listOverrides: async (ctx: Ctx, doctorId: string, query: ListOverrides) => {
      const db = database.read(ctx.tenantId);
      if (!(await findHours(db, doctorId))) throw new AppError(doctorProblems.doctor_not_found);
      const after = decodeCursor(IdPosition, query.cursor)?.[0];
      const found = await listOverrides(db, doctorId, { ...query, after });
      const { data, nextCursor } = toPage(found, query.limit, (last) => [last.id]);
      return { data: ctx.role === 'patient' ? data.map(withoutReason) : data, nextCursor };
    },

    addOverride: (ctx: Ctx, doctorId: string, fields: CreateOverride) => {
      demandDoctorWrite(ctx, doctorId);
      return database.transaction(ctx, async (tx): Promise<Override & Affected> => {
        const intervals = fields.intervals.map(({ locationId = null, ...hours }) => ({
          ...hours,
          locationId,
        }));
        const override: Override = { ...fields, intervals, id: newId(), createdAt: clock.now() };
        const affected = await changeHours(tx, ctx, doctorId, {
          action: 'availability.override_added',
          change: () => insertOverride(tx, doctorId, override),
        });
        return { ...override, ...affected };
      });
    },

    removeOverride: (ctx: Ctx, doctorId: string, overrideId: string): Promise<void> => {
      demandDoctorWrite(ctx, doctorId);
      return database.transaction(ctx, async (tx) => {
        await changeHours(tx, ctx, doctorId, {
          action: 'availability.override_removed',
          change: async () => {
            const { affectedRows } = await deleteOverride(tx, doctorId, overrideId);
            if (affectedRows === 0) throw new AppError(doctorProblems.override_not_found);
          },
        });
      });
    },
  };
};

/** No foreign key looks into the list of a rule. */
const demandServices = async (tx: Tx, { rules }: WeeklyHours): Promise<void> => {
  const named = [...new Set(rules.flatMap(({ serviceIds }) => serviceIds ?? []))];
  if ((await countServices(tx, named)) < named.length) throw new AppError(doctorProblems.service_not_found);
};

/** Why a doctor has other hours may tell of the doctor's health: patients learn when, not why. */
const withoutReason = (override: Override): Override => ({ ...override, reason: null });

const toRule = (rule: WeeklyRule): Rule => ({
  dayOfWeek: rule.dayOfWeek,
  startTime: rule.startMinute,
  endTime: rule.endMinute,
  locationId: rule.locationId,
  serviceIds: rule.serviceIds && [...rule.serviceIds],
  effectiveFrom: rule.effectiveFrom,
  effectiveTo: rule.effectiveTo,
});
