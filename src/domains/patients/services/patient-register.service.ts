import type { AuditTrail } from '../../../database/audit.ts';
import type { Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx, TenantCtx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { invalid } from '../../../shared/utils/errors.ts';
import { isFutureDate, medicalRecordNumber, type Patient } from '../models/patient.ts';
import { insertPatient, nextRecordNumber } from '../repositories/patient.repository.ts';

export type PatientRegisterDeps = { audit: AuditTrail; outbox: Outbox; clock: Clock };
export type PatientRegister = ReturnType<typeof createPatientRegister>;
type Actor = TenantCtx & Partial<Pick<Ctx, 'userId' | 'role'>>;
type NewPatient = Omit<Patient, 'id' | 'medicalRecordNumber' | 'version' | 'createdAt' | 'updatedAt'>;

/** 422 for a date of birth that lies ahead. */
export const demandBorn = (dateOfBirth: string | null | undefined, now: Date): void => {
  if (dateOfBirth != null && isFutureDate(dateOfBirth, now))
    throw invalid('/dateOfBirth', 'must not be in the future');
};

/** Enters patients into the register of the clinic, each with the next record number. */
export const createPatientRegister = ({ audit, outbox, clock }: PatientRegisterDeps) => ({
  enter: async (tx: Tx, ctx: Actor, fields: NewPatient): Promise<Patient> => {
    const now = clock.now();
    demandBorn(fields.dateOfBirth, now);
    const patient: Patient = {
      ...fields,
      id: newId(),
      medicalRecordNumber: medicalRecordNumber(await nextRecordNumber(tx)),
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    await insertPatient(tx, patient);
    await audit.record(tx, ctx, {
      action: 'patient.created',
      resourceType: 'patient',
      resourceId: patient.id,
    });
    await outbox.publish(tx, ctx, { type: 'patient.created', payload: { patientId: patient.id } });
    return patient;
  },
});
