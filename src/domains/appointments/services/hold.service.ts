import type { Database, Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import { MINUTE_MS } from '../../../shared/time/units.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { PatientsPort } from '../../patients/index.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import { hasExpired, type Hold, holdMade, holdReleased } from '../models/hold.ts';
import { isPatient, type PlannedVisit, type WantedVisit } from '../models/visit-plan.ts';
import { appointmentProblems } from '../problems.ts';
import { deleteHold, findHoldToUse, insertHold } from '../repositories/hold.repository.ts';
import type { HoldSlot } from '../validators/appointment.ts';
import { offeringAlternatives } from './alternatives.ts';
import type { Calendar } from './calendar.ts';
import { namedPatient } from './named-patient.ts';
import { demandOwnCalendar } from './sight.ts';
import type { SlotService } from './slot.service.ts';
import type { StartQueue } from './start-queue.ts';
import type { VisitPlanner } from './visit-planner.ts';

export type HoldDeps = {
  database: Database;
  outbox: Outbox;
  clock: Clock;
  tenants: Pick<TenantsPort, 'settings'>;
  patients: Pick<PatientsPort, 'exists'>;
  planner: VisitPlanner;
  calendar: Calendar;
  slots: SlotService;
  starts: StartQueue;
};
export type HoldService = ReturnType<typeof createHoldService>;

const { hold_not_found, hold_expired, hold_mismatch } = appointmentProblems;

/** The verbs that keep a time for a caller who has not decided yet. */
export const createHoldService = (deps: HoldDeps) => {
  const { database, outbox, clock, tenants, patients, planner, calendar, slots, starts } = deps;

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

  const keep = async (
    tx: Tx,
    visit: PlannedVisit,
    owner: Pick<Hold, 'userId' | 'patientId' | 'expiresAt'>,
  ): Promise<Hold> => {
    const id = newId();
    const holder = { id, expiresAt: owner.expiresAt };
    const { groupId } = await calendar.take(tx, { holder, visit, patientId: owner.patientId });
    const hold: Hold = { ...visit.place, ...owner, id, groupId };
    await insertHold(tx, hold);
    return hold;
  };

  return {
    /** Keeps the time of a visit for its owner. Fails with `slot_taken` or `patient_busy`, and is then to be rolled back. */
    keep,

    /** Ends a hold, whoever's it is; nothing happens where it has been removed already. */
    drop: async (tx: Tx, id: string): Promise<void> => {
      const hold = await findHoldToUse(tx, id);
      if (hold) await end(tx, hold);
    },

    /** Exclusive until it expires, which the clinic's `holdMinutes` decides. */
    hold: async (ctx: Ctx, wanted: HoldSlot): Promise<Hold> => {
      demandOwnCalendar(ctx, wanted.doctorId);
      const settings = await tenants.settings(ctx.tenantId);
      const attempt = () =>
        offeringAlternatives(ctx, slots, (wants) => {
          wants(wanted);
          return database.transaction(ctx, async (tx) => {
            const visit = await planner.plan(tx, ctx, settings, wanted);
            const expiresAt = new Date(clock.now().getTime() + settings.holdMinutes * MINUTE_MS);
            const isForSomebody = isPatient(ctx) || wanted.patientId !== undefined;
            const patientId = isForSomebody ? await namedPatient(tx, ctx, patients, wanted.patientId) : null;
            const hold = await keep(tx, visit, { userId: ctx.userId, patientId, expiresAt });
            await outbox.publish(tx, ctx, holdMade(hold));
            return hold;
          });
        });
      return ctx.idempotency ? attempt() : starts.follow(ctx, settings, wanted, attempt);
    },

    release: (ctx: Ctx, id: string): Promise<void> =>
      database.transaction(ctx, async (tx) => {
        const hold = await findOwn(tx, ctx, id);
        await end(tx, hold);
        await outbox.publish(tx, ctx, holdReleased(hold));
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
