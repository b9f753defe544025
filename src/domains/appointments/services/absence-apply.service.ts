import { setTimeout } from 'node:timers/promises';
import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Db, Tx } from '../../../database/db.ts';
import { bin } from '../../../database/sql.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import { type Absences, doctorProblems, type DoctorsPort } from '../../doctors/index.ts';
import { type AbsenceReport, type AbsenceVisit, isOpen, reportOn } from '../models/absence.ts';
import { appointmentProblems } from '../problems.ts';
import {
  listAbsenceVisits,
  listDueVisits,
  updateDecision,
} from '../repositories/absence-visit.repository.ts';
import type { AbsenceDecision, ApplyAbsence } from '../validators/absence.ts';
import type { AbsenceWorker } from './absence-worker.ts';
import { demandOwnCalendar } from './sight.ts';

export type AbsenceApplyDeps = {
  database: Database;
  audit: AuditTrail;
  logger: Logger;
  doctors: DoctorsPort;
  absences: Absences;
  worker: AbsenceWorker;
};
export type AbsenceApplyService = ReturnType<typeof createAbsenceApplyService>;

/** How long a request carries decisions out itself; what is left then is left to the sweep. */
const AT_MOST_MS = 10_000;
const AT_ONCE = 50;
/** Before looking again at what somebody else is carrying out. */
const PAUSE_MS = 50;

type Key = { readonly doctorId: string; readonly absenceId: string };

/** Decides about the visits of an absence, and sees to it that the decisions are carried out. */
export const createAbsenceApplyService = (deps: AbsenceApplyDeps) => {
  const { database, audit, logger, doctors, absences, worker } = deps;

  /** Refuses a decision about a visit that the absence does not affect, and a time that the caller may not book. */
  const demandPossible = async (
    db: Db,
    ctx: Ctx,
    decisions: readonly AbsenceDecision[],
    visits: readonly AbsenceVisit[],
  ) => {
    const affected = new Set(visits.map(({ appointmentId }) => appointmentId));
    for (const { appointmentId, proposal } of decisions) {
      if (!affected.has(appointmentId)) {
        const detail = 'The absence affects no such appointment.';
        throw new AppError(appointmentProblems.appointment_not_found, detail);
      }
      if (proposal && !(await doctors.exists(db, proposal.doctorId))) {
        throw new AppError(doctorProblems.doctor_not_found);
      }
      if (proposal) demandOwnCalendar(ctx, proposal.doctorId);
    }
  };

  /** Only what is open is decided about: what is done stays done, what somebody else has just decided is left to them. */
  const decideIn = async (
    tx: Tx,
    ctx: Ctx,
    { doctorId, absenceId }: Key,
    { action, decisions = [] }: ApplyAbsence,
  ): Promise<void> => {
    await absences.lock(tx, ctx, doctorId, absenceId);
    demandOwnCalendar(ctx, doctorId);
    const visits = await listAbsenceVisits(tx, absenceId);
    await demandPossible(tx, ctx, decisions, visits);
    let decided = 0;
    for (const visit of visits.filter(isOpen)) {
      const own = decisions.find(({ appointmentId }) => appointmentId === visit.appointmentId);
      const chosen = own?.action ?? action;
      if (chosen === undefined) continue;
      await updateDecision(tx, visit, {
        action: chosen,
        wantedDoctorId: own?.proposal?.doctorId ?? null,
        wantedStartsAt: own?.proposal?.startsAt ?? null,
        decidedBy: ctx.userId,
        decidedAs: ctx.role,
        ownCalendarOnly: !ctx.permissions.has('appointments:write'),
        requestId: ctx.requestId,
      });
      decided += 1;
    }
    if (decided === 0) return;
    await audit.record(tx, ctx, {
      action: 'absence.applied',
      resourceType: 'absence',
      resourceId: absenceId,
      changes: { decided },
    });
  };

  /** Until all is done, here or by somebody else, or until the time is over. */
  const carryOutFor = async (tenantId: string, absenceId: string): Promise<void> => {
    const startedAt = performance.now();
    const of = { tenantId: bin(tenantId), absenceId };
    for (;;) {
      const due = await listDueVisits(database.system, of, AT_ONCE);
      for (const each of due) {
        if (performance.now() - startedAt > AT_MOST_MS) return;
        await worker.carryOut(each);
      }
      if ((await listDueVisits(database.system, of, 1)).length === 0) return;
      await setTimeout(PAUSE_MS);
    }
  };

  return {
    /**
     * The decisions commit first; then they are carried out, for some seconds here and what is left by whichever process
     * finds it. To be repeated at will: what is done is not done again.
     */
    apply: async (ctx: Ctx, key: Key, request: ApplyAbsence): Promise<AbsenceReport> => {
      await database.transaction({ tenantId: ctx.tenantId }, (tx) => decideIn(tx, ctx, key, request));
      await carryOutFor(ctx.tenantId, key.absenceId);
      return reportOn(await listAbsenceVisits(database.read(ctx.tenantId), key.absenceId));
    },

    /** One round of what was decided anywhere and is not done, because a process ended or its time was over. */
    sweep: async (): Promise<void> => {
      for (const due of await listDueVisits(database.system, {}, AT_ONCE)) {
        try {
          await worker.carryOut(due);
        } catch (error) {
          logger.warn({ err: error, ...due }, 'A decision could not be carried out; it will be tried again');
        }
      }
    },
  };
};
