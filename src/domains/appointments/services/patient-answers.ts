import type { Tx } from '../../../database/db.ts';
import type { RequestCtx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { nextVersion } from '../../../shared/utils/versions.ts';
import type { PatientsPort } from '../../patients/index.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import { type Appointment, appointmentUpdated } from '../models/appointment.ts';
import { mayBecome } from '../models/status.ts';
import { appointmentProblems } from '../problems.ts';
import { findAppointmentToChange, updateAppointment } from '../repositories/appointment.repository.ts';
import type { AppointmentService } from './appointment.service.ts';
import type { Acting, Journal } from './journal.ts';

export type PatientAnswerDeps = {
  clock: Clock;
  tenants: Pick<TenantsPort, 'settings'>;
  patients: Pick<PatientsPort, 'find'>;
  journal: Journal;
  appointments: Pick<AppointmentService, 'cancelIn'>;
};

/** `too_late`: the clinic wants more notice. `not_possible`: the visit is over, cancelled, or under way. */
type Outcome = 'done' | 'too_late' | 'not_possible';

/** What a patient answers to a reminder, known by its link or by their number instead of a login. */
export const createPatientAnswers = (deps: PatientAnswerDeps) => {
  const { clock, tenants, patients, journal, appointments } = deps;

  /** The patient may do by a link what they may do when logged in, and nothing else. Many have no account. */
  const asPatient = async (
    tx: Tx,
    { requestId, address, userAgent }: RequestCtx,
    patientId: string,
  ): Promise<Acting> => {
    const userId = (await patients.find(tx, patientId))?.userId ?? undefined;
    const { tenantId } = tx;
    return { requestId, address, userAgent, tenantId, role: 'patient', ...(userId && { userId }) };
  };

  const findExpected = async (tx: Tx, id: string): Promise<Appointment | undefined> => {
    const appointment = await findAppointmentToChange(tx, id);
    return appointment && ['pending', 'confirmed'].includes(appointment.status) ? appointment : undefined;
  };

  return {
    /** A visit that the clinic has yet to confirm stays so: that is not the patient's to say. */
    confirmAttendance: async (tx: Tx, ctx: RequestCtx, { id }: { id: string }): Promise<Outcome> => {
      const before = await findExpected(tx, id);
      if (!before) return 'not_possible';
      const now = clock.now();
      const after = nextVersion(before, { attendanceConfirmedAt: now }, now);
      await updateAppointment(tx, after);
      const patient = await asPatient(tx, ctx, before.patientId);
      await journal.write(tx, patient, {
        action: 'attendance_confirmed',
        before,
        after,
        event: appointmentUpdated(after),
      });
      return 'done';
    },

    cancelByPatient: async (tx: Tx, ctx: RequestCtx, { id }: { id: string }): Promise<Outcome> => {
      const before = await findExpected(tx, id);
      if (!before || !mayBecome(before.status, 'cancelled')) return 'not_possible';
      const patient = await asPatient(tx, ctx, before.patientId);
      const settings = await tenants.settings(tx.tenantId);
      try {
        await appointments.cancelIn(tx, patient, before, { reason: undefined, settings });
        return 'done';
      } catch (error) {
        if (error instanceof AppError && error.problem === appointmentProblems.notice_too_short)
          return 'too_late';
        throw error;
      }
    },
  };
};
