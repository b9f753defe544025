import type { Database, Tx } from '../../../database/db.ts';
import { MINUTE_MS } from '../../../shared/time/units.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import { hasExpired, type Hold } from '../models/hold.ts';
import { appointmentProblems } from '../problems.ts';
import { deleteHold, findHoldToUse, insertHold } from '../repositories/hold.repository.ts';
import type { HoldSlot } from '../validators/appointment.ts';
import { offeringAlternatives } from './alternatives.ts';
import type { Calendar } from './calendar.ts';
import { demandOwnCalendar } from './sight.ts';
import type { SlotService } from './slot.service.ts';
import { isPatient, type VisitPlanner, type WantedVisit } from './visit-planner.ts';

export type HoldDeps = {
  database: Database;
  clock: Clock;
  tenants: Pick<TenantsPort, 'settings'>;
  planner: VisitPlanner;
  calendar: Calendar;
  slots: SlotService;
};
export type HoldService = ReturnType<typeof createHoldService>;

const { hold_not_found, hold_expired, hold_mismatch } = appointmentProblems;

/** The verbs that keep a time for a caller who has not decided yet. */
export const createHoldService = ({ database, clock, tenants, planner, calendar, slots }: HoldDeps) => {
  /** Somebody else's hold is as unknown as one that never was. */
  const findOwn = async (tx: Tx, ctx: Ctx, id: string): Promise<Hold> => {
    const hold = await findHoldToUse(tx, id);
    if (hold?.userId !== ctx.userId) throw new AppError(hold_not_found);
    return hold;
  };

  const end = async (tx: Tx, hold: Hold) => {
    await deleteHold(tx, hold.id);
    await calendar.free(tx, hold);
  };

  return {
    /** Exclusive until it expires, which the clinic's `holdMinutes` decides. */
    hold: (ctx: Ctx, wanted: HoldSlot): Promise<Hold> => {
      demandOwnCalendar(ctx, wanted.doctorId);
      return offeringAlternatives(ctx, slots, async (wants) => {
        wants(wanted);
        const settings = await tenants.settings(ctx.tenantId);
        return database.transaction(ctx, async (tx) => {
          const visit = await planner.plan(tx, ctx, settings, wanted);
          const expiresAt = new Date(clock.now().getTime() + settings.holdMinutes * MINUTE_MS);
          const id = newId();
          const patientId = isPatient(ctx) ? (ctx.patientId ?? null) : null;
          const { groupId } = await calendar.take(tx, { holder: { id, expiresAt }, visit, patientId });
          const hold: Hold = { ...visit.place, id, userId: ctx.userId, patientId, groupId, expiresAt };
          await insertHold(tx, hold);
          return hold;
        });
      });
    },

    release: (ctx: Ctx, id: string): Promise<void> =>
      database.transaction(ctx, async (tx) => {
        await end(tx, await findOwn(tx, ctx, id));
      }),

    /** Ends the hold in the transaction that books its time. 404, 410 when it has expired, 422 for another visit. */
    use: async (
      tx: Tx,
      ctx: Ctx,
      id: string,
      { doctorId, serviceId, startsAt }: WantedVisit,
    ): Promise<void> => {
      const hold = await findOwn(tx, ctx, id);
      if (hasExpired(hold, clock.now())) throw new AppError(hold_expired);
      const isSame =
        hold.doctorId === doctorId &&
        hold.serviceId === serviceId &&
        hold.startsAt.getTime() === startsAt.getTime();
      if (!isSame) throw new AppError(hold_mismatch);
      await end(tx, hold);
    },
  };
};
