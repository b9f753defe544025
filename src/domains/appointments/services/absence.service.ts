import type { Database, Db, Tx } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Page } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import {
  type Absence,
  type Absences,
  type CreateAbsence,
  type ListAbsences,
  timeTaken,
} from '../../doctors/index.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import {
  type AbsenceView,
  type AbsenceVisit,
  type AffectedVisit,
  changeSince,
  displaceable,
  isOpen,
  reportOn,
} from '../models/absence.ts';
import type { Appointment } from '../models/appointment.ts';
import type { Candidate } from '../models/proposals.ts';
import { appointmentProblems } from '../problems.ts';
import { insertAbsenceVisits, listAbsenceVisits } from '../repositories/absence-visit.repository.ts';
import { listAppointmentsById, listVisitsDuring } from '../repositories/appointment.repository.ts';
import type { Proposals } from './proposals.ts';
import { maySee } from './sight.ts';

export type AbsenceServiceDeps = {
  database: Database;
  clock: Clock;
  tenants: Pick<TenantsPort, 'settings'>;
  absences: Absences;
  proposals: Proposals;
};
export type AbsenceService = ReturnType<typeof createAbsenceService>;

const PROPOSALS = 3;

/** The verbs that enter, show and remove the absence of a doctor, with the visits that it affects. */
export const createAbsenceService = (deps: AbsenceServiceDeps) => {
  const { database, clock, tenants, absences, proposals } = deps;

  /** Each visit with its proposals; those in `settled` need none any more. */
  const withProposals = async (
    db: Db,
    absence: Absence,
    visits: readonly Appointment[],
    settled: ReadonlySet<string> = new Set(),
  ): Promise<AffectedVisit[]> => {
    const settings = await tenants.settings(db.tenantId);
    const open = visits.filter(({ id }) => !settled.has(id));
    const question = { settings, absence: timeTaken(absence), limit: PROPOSALS };
    const found = await proposals.propose(db, open, question);
    return visits.map((appointment) => ({
      appointment,
      proposals: (found.get(appointment.id) ?? []).map(toProposal),
    }));
  };

  const enterIn = async (
    tx: Tx,
    ctx: Ctx,
    doctorId: string,
    request: CreateAbsence,
  ): Promise<AbsenceView> => {
    const absence = await absences.add(tx, ctx, doctorId, request);
    const time = timeTaken(absence);
    const visits = await listVisitsDuring(tx, { doctorId, time, now: clock.now(), statuses: displaceable });
    await insertAbsenceVisits(
      tx,
      absence.id,
      visits.map(({ id }) => id),
    );
    const seen = visits.filter((visit) => maySee(ctx, visit));
    return { ...absence, affected: await withProposals(tx, absence, seen), report: null };
  };

  return {
    /**
     * Takes the time out of the doctor's working time. Bookings share the lock under which that happens: one that
     * committed before is among the affected, one that comes after does not find the time.
     */
    enter: async (ctx: Ctx, doctorId: string, request: CreateAbsence): Promise<AbsenceView> => {
      await tenants.settings(ctx.tenantId);
      return database.transaction(ctx, (tx) => enterIn(tx, ctx, doctorId, request));
    },

    list: (ctx: Ctx, doctorId: string, query: ListAbsences): Promise<Page<Absence>> =>
      absences.list(database.read(ctx.tenantId), ctx, doctorId, query),

    /** With the affected visits as they are now, and proposals for those about which something is still to be decided. */
    get: async (ctx: Ctx, doctorId: string, id: string): Promise<AbsenceView> => {
      const db = database.read(ctx.tenantId);
      const absence = await absences.find(db, ctx, doctorId, id);
      const visits = await listAbsenceVisits(db, id);
      const found = await listAppointmentsById(
        db,
        visits.map(({ appointmentId }) => appointmentId),
      );
      const appointments = visits.flatMap(({ appointmentId }) =>
        found.filter((each) => each.id === appointmentId && maySee(ctx, each)),
      );
      const settled = settledOf(absence, visits, appointments);
      const affected = await withProposals(db, absence, appointments, settled);
      const report = reportOn(visits);
      return { ...absence, affected, report: report.total === 0 ? null : report };
    },

    /** Gives the time back; 409 while something about it is being carried out. */
    remove: (ctx: Ctx, doctorId: string, id: string): Promise<void> =>
      database.transaction(ctx, async (tx) => {
        await absences.lock(tx, ctx, doctorId, id);
        const { status } = reportOn(await listAbsenceVisits(tx, id));
        if (status === 'running') throw new AppError(appointmentProblems.absence_running);
        await absences.remove(tx, ctx, doctorId, id);
      }),
  };
};

const toProposal = ({ doctorId, startsAt, endsAt, locationId }: Candidate) => ({
  doctorId,
  startsAt: new Date(startsAt),
  endsAt: new Date(endsAt),
  locationId,
});

/** Visits that have been dealt with, or that somebody has changed. */
const settledOf = (
  absence: Absence,
  visits: readonly AbsenceVisit[],
  appointments: readonly Appointment[],
): Set<string> => {
  const done = visits.filter((visit) => !isOpen(visit)).map(({ appointmentId }) => appointmentId);
  const where = { doctorId: absence.doctorId, time: timeTaken(absence) };
  const changed = appointments.filter((each) => changeSince(each, where) !== undefined).map(({ id }) => id);
  return new Set([...done, ...changed]);
};
