import type { AuditTrail } from '../../../database/audit.ts';
import type { Db, Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, type Page, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, invalid } from '../../../shared/utils/errors.ts';
import { type Absence, absenceTime, UnusableAbsence } from '../models/absence.ts';
import { doctorProblems } from '../problems.ts';
import {
  deleteAbsence,
  findAbsence,
  findAbsenceById,
  findAbsenceToChange,
  findOverlappingAbsence,
  insertAbsence,
  listAbsences,
} from '../repositories/absence.repository.ts';
import { findHours, findHoursToChange } from '../repositories/availability.repository.ts';
import { absenceEnd, type CreateAbsence, type ListAbsences } from '../validators/absence.ts';
import { announcedHours } from './announced-hours.ts';
import { demandDoctorWrite } from './ownership.ts';

export type AbsenceDeps = { audit: AuditTrail; outbox: Outbox; clock: Clock };

const { doctor_not_found, absence_not_found, absence_overlaps } = doctorProblems;

/** The verbs of absences, each in the caller's transaction: what becomes of the visits commits with it. */
export const createAbsences = ({ audit, outbox, clock }: AbsenceDeps) => {
  /** Under the lock that bookings share: what was booked before is there to be seen, what comes after sees the change. */
  const lockHours = async (tx: Tx, doctorId: string) => {
    const hours = await findHoursToChange(tx, doctorId);
    if (!hours) throw new AppError(doctor_not_found);
    return hours;
  };

  const announce = async (
    tx: Tx,
    ctx: Ctx,
    doctorId: string,
    { action, id }: { action: string; id: string },
  ) => {
    await outbox.publish(tx, ctx, ...(await announcedHours(tx, [doctorId], clock.now())));
    await audit.record(tx, ctx, { action, resourceType: 'absence', resourceId: id });
  };

  return {
    /** Takes the time out of the doctor's working time. */
    add: async (tx: Tx, ctx: Ctx, doctorId: string, request: CreateAbsence): Promise<Absence> => {
      demandDoctorWrite(ctx, doctorId);
      const { timezone } = await lockHours(tx, doctorId);
      const now = clock.now();
      const time = readTime(request, timezone, now);
      const absence = { ...time, id: newId(), doctorId, reason: request.reason, createdAt: now };
      const other = await findOverlappingAbsence(tx, absence);
      if (other) throw new AppError(absence_overlaps, undefined, { extensions: { absenceId: other.id } });
      await insertAbsence(tx, absence);
      await announce(tx, ctx, doctorId, { action: 'absence.entered', id: absence.id });
      return absence;
    },

    list: async (db: Db, ctx: Ctx, doctorId: string, query: ListAbsences): Promise<Page<Absence>> => {
      demandDoctorWrite(ctx, doctorId);
      if (!(await findHours(db, doctorId))) throw new AppError(doctor_not_found);
      const after = decodeCursor(IdPosition, query.cursor)?.[0];
      return toPage(await listAbsences(db, doctorId, { ...query, after }), query.limit, ({ id }) => [id]);
    },

    find: async (db: Db, ctx: Ctx, doctorId: string, id: string): Promise<Absence> => {
      demandDoctorWrite(ctx, doctorId);
      return demandAbsence(await findAbsence(db, doctorId, id));
    },

    /** For whoever carries out what was decided about it, whoever that was. */
    findById: findAbsenceById,

    /** {@link find}, locked until the end of the transaction. */
    lock: async (tx: Tx, ctx: Ctx, doctorId: string, id: string): Promise<Absence> => {
      demandDoctorWrite(ctx, doctorId);
      return demandAbsence(await findAbsenceToChange(tx, doctorId, id));
    },

    /** Gives the time back. */
    remove: async (tx: Tx, ctx: Ctx, doctorId: string, id: string): Promise<void> => {
      demandDoctorWrite(ctx, doctorId);
      await lockHours(tx, doctorId);
      demandAbsence(await findAbsenceToChange(tx, doctorId, id));
      await deleteAbsence(tx, id, clock.now());
      await announce(tx, ctx, doctorId, { action: 'absence.removed', id });
    },
  };
};
export type Absences = ReturnType<typeof createAbsences>;

const demandAbsence = (absence: Absence | undefined): Absence => {
  if (!absence) throw new AppError(absence_not_found);
  return absence;
};

/** 422 for what cannot be an absence. */
const readTime = ({ from, to }: CreateAbsence, timezone: string, now: Date): Pick<Absence, 'from' | 'to'> => {
  try {
    const ends = { from: absenceEnd(from), to: absenceEnd(to) };
    const { start, end } = absenceTime(ends, timezone, now.getTime());
    return { from: new Date(start), to: new Date(end) };
  } catch (error) {
    throw error instanceof UnusableAbsence ? invalid(`/${error.field}`, error.message) : error;
  }
};
