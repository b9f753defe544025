import type { Database, Tx } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import { type Absence, type Absences, timeTaken } from '../../doctors/index.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import { type AbsenceVisit, changeSince } from '../models/absence.ts';
import {
  type DueVisit,
  findAbsenceVisit,
  findDueVisit,
  updateResult,
  type VisitResult,
} from '../repositories/absence-visit.repository.ts';
import { findAppointment, findAppointmentToChange } from '../repositories/appointment.repository.ts';
import {
  type AbsenceActionDeps,
  createAbsenceActions,
  NOWHERE,
  type Task,
  type Time,
} from './absence-actions.ts';
import type { Proposals } from './proposals.ts';

export type AbsenceWorkerDeps = AbsenceActionDeps & {
  database: Database;
  logger: Logger;
  tenants: Pick<TenantsPort, 'settings'>;
  absences: Absences;
  proposals: Proposals;
};
export type AbsenceWorker = ReturnType<typeof createAbsenceWorker>;

/** Others may take a time while it is tried. */
const TIMES_TRIED = 8;

/** Carries decisions out, each in a transaction of its own. Any number of processes may do so at once. */
export const createAbsenceWorker = (deps: AbsenceWorkerDeps) => {
  const { database, logger, tenants, absences, proposals } = deps;
  const act = createAbsenceActions(deps);

  /** A refusal is a result; anything else undoes the transaction. */
  const resultIn = async (tx: Tx, task: Task): Promise<VisitResult> => {
    const { absence, visit } = task;
    const before = await findAppointmentToChange(tx, visit.appointmentId);
    const change = changeSince(before, { doctorId: absence.doctorId, time: timeTaken(absence) });
    if (!before || change !== undefined) return { ...NOWHERE, outcome: 'changed', code: change ?? null };
    try {
      return await act(tx, actingFor(tx.tenantId, visit, absence), before, task);
    } catch (error) {
      if (!(error instanceof AppError) || error.problem === commonProblems.unavailable) throw error;
      return failedWith(error.problem.code);
    }
  };

  /** The time that was decided for, or the best ones. */
  const timesFor = async (
    tenantId: string,
    visit: AbsenceVisit,
    { absence, settings }: Pick<Task, 'absence' | 'settings'>,
  ): Promise<Time[]> => {
    if (visit.action === 'cancel') return [];
    if (visit.wantedDoctorId && visit.wantedStartsAt) {
      return [{ doctorId: visit.wantedDoctorId, startsAt: visit.wantedStartsAt, locationId: null }];
    }
    const db = database.read(tenantId);
    const appointment = await findAppointment(db, visit.appointmentId);
    if (!appointment) return [];
    const onlyDoctorId = visit.ownCalendarOnly === true ? absence.doctorId : undefined;
    const question = { settings, absence: timeTaken(absence), onlyDoctorId, limit: TIMES_TRIED };
    const found = await proposals.propose(db, [appointment], question);
    return (found.get(appointment.id) ?? []).map(({ doctorId, startsAt, locationId }) => ({
      doctorId,
      startsAt: new Date(startsAt),
      locationId,
    }));
  };

  const carryOut = async ({ tenantId, ...key }: DueVisit): Promise<void> => {
    const db = database.read(tenantId);
    const [absence, decided] = [await absences.findById(db, key.absenceId), await findAbsenceVisit(db, key)];
    if (!absence || !decided) return;
    const settings = await tenants.settings(tenantId);
    const times = await timesFor(tenantId, decided, { absence, settings });
    await database.transaction({ tenantId }, async (tx) => {
      const visit = await findDueVisit(tx, key);
      if (visit) await updateResult(tx, key, await resultIn(tx, { visit, absence, settings, times }));
    });
  };

  return {
    /**
     * Carries out one decision, if nobody else does so just now. What cannot be done is written down as failed; only while
     * the database is away is it left to be tried again.
     */
    carryOut: async (due: DueVisit): Promise<void> => {
      try {
        await carryOut(due);
      } catch (error) {
        if (error instanceof AppError && error.problem === commonProblems.unavailable) throw error;
        logger.error({ err: error, ...due }, 'A decision about an absence could not be carried out');
        await database.transaction({ tenantId: due.tenantId }, async (tx) => {
          if (await findDueVisit(tx, due)) {
            await updateResult(tx, due, failedWith(commonProblems.internal_error.code));
          }
        });
      }
    },
  };
};

const failedWith = (code: string): VisitResult => ({ ...NOWHERE, outcome: 'failed', code });

/** For whoever decided, into the calendars that they may write into; nothing else is asked for here. */
const actingFor = (
  tenantId: string,
  { decidedBy, decidedAs, ownCalendarOnly, requestId }: AbsenceVisit,
  { doctorId }: Absence,
): Ctx => {
  if (decidedBy === null || decidedAs === null) throw new Error('Nobody has decided');
  return {
    tenantId,
    requestId: requestId ?? newId(),
    address: '',
    userAgent: 'absence',
    userId: decidedBy,
    sessionId: '',
    role: decidedAs,
    permissions: new Set([ownCalendarOnly === true ? 'appointments:write:own' : 'appointments:write']),
    ...(ownCalendarOnly === true && { doctorId }),
  };
};
