import type { Database } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { decodeCursor, IdPosition, type Page, toPage } from '../../../shared/types/page.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { demandVersion, nextVersion } from '../../../shared/utils/versions.ts';
import type { Patient } from '../models/patient.ts';
import { patientProblems } from '../problems.ts';
import {
  deletePatient,
  findPatient,
  findPatientToChange,
  updatePatient,
} from '../repositories/patient.repository.ts';
import type { CreatePatient, ListPatients, UpdatePatient } from '../validators/patient.ts';
import { demandBorn, type PatientRegister, type PatientRegisterDeps } from './patient-register.service.ts';
import { demandAllPatients, listSeen, sees, type Treatment } from './patient-sight.ts';

type PatientServiceDeps = PatientRegisterDeps & {
  database: Database;
  register: PatientRegister;
  treatment: Treatment;
};
export type PatientService = ReturnType<typeof createPatientService>;

const there = (patient: Patient | undefined): Patient => {
  if (!patient) throw new AppError(patientProblems.patient_not_found);
  return patient;
};

export const createPatientService = ({
  database,
  audit,
  outbox,
  clock,
  register,
  treatment,
}: PatientServiceDeps) => ({
  create: async (ctx: Ctx, fields: CreatePatient): Promise<Patient> => {
    demandAllPatients(ctx);
    return database.transaction(ctx, (tx) => register.enter(tx, ctx, { ...fields, userId: null }));
  },

  list: async (ctx: Ctx, { limit, cursor, q }: ListPatients): Promise<Page<Patient>> => {
    const after = decodeCursor(IdPosition, cursor)?.[0];
    const patients = await listSeen(database.read(ctx.tenantId), ctx, { limit, after, q }, treatment);
    return toPage(patients, limit, (last) => [last.id]);
  },

  get: async (ctx: Ctx, id: string): Promise<Patient> => {
    const db = database.read(ctx.tenantId);
    return there((await sees(db, ctx, id, treatment)) ? await findPatient(db, id) : undefined);
  },

  /** Staff change any patient; patients themselves. */
  update: async (
    ctx: Ctx,
    id: string,
    changes: UpdatePatient,
    ifMatch: number | undefined,
  ): Promise<Patient> => {
    if (ctx.patientId !== id) demandKnownWriter(ctx);
    return database.transaction(ctx, async (tx) => {
      const current = there(await findPatientToChange(tx, id));
      demandVersion(current, ifMatch);
      const now = clock.now();
      demandBorn(changes.dateOfBirth, now);
      const patient = nextVersion(current, changes, now);
      await updatePatient(tx, patient);
      await audit.record(tx, ctx, {
        action: 'patient.updated',
        resourceType: 'patient',
        resourceId: id,
        changes: { fields: Object.keys(changes) },
      });
      await outbox.publish(tx, ctx, { type: 'patient.updated', payload: { patientId: id } });
      return patient;
    });
  },

  remove: async (ctx: Ctx, id: string, ifMatch: number | undefined): Promise<void> => {
    demandAllPatients(ctx);
    await database.transaction(ctx, async (tx) => {
      demandVersion(there(await findPatientToChange(tx, id)), ifMatch);
      await deletePatient(tx, id, clock.now());
      await audit.record(tx, ctx, { action: 'patient.deleted', resourceType: 'patient', resourceId: id });
      await outbox.publish(tx, ctx, { type: 'patient.deleted', payload: { patientId: id } });
    });
  },
});

/** Another patient's record is not there for a patient, rather than forbidden. */
const demandKnownWriter = (ctx: Ctx): void => {
  if (!ctx.permissions.has('patients:write')) throw new AppError(patientProblems.patient_not_found);
};
