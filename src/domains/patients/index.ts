import type { Database, Db, Tx } from '../../database/db.ts';
import type { TenantCtx } from '../../shared/types/context.ts';
import type { RouteGroup } from '../../shared/utils/route.ts';
import { createPatientController } from './controllers/patient.controller.ts';
import type { Patient } from './models/patient.ts';
import { findPatient, findPatientIdOfUser, lockPatient } from './repositories/patient.repository.ts';
import { patientRoutes } from './routes/patient.routes.ts';
import { createPatientRegister, type PatientRegisterDeps } from './services/patient-register.service.ts';
import type { Treatment } from './services/patient-sight.ts';
import { createPatientService } from './services/patient.service.ts';

export { DateOfBirth, type Patient } from './models/patient.ts';
export { patientEvents } from './events.ts';
export { patientProblems } from './problems.ts';
export type { Treatment } from './services/patient-sight.ts';

/** What is known of a person who opens an account. */
export type Profile = Pick<Patient, 'firstName' | 'lastName' | 'email' | 'phone' | 'dateOfBirth'> & {
  readonly userId: string;
};

/** What other domains may ask of patients. */
export type PatientsPort = {
  readonly find: (db: Db, id: string) => Promise<Patient | undefined>;
  /** Locks the patient until the end of the transaction: what is counted of them then, stays. */
  lock(tx: Tx, id: string): Promise<void>;
  /** The id of the patient that the user is. */
  readonly patientOfUser: (db: Db, userId: string) => Promise<string | undefined>;
  /** Enters the owner of an account as a patient, in the transaction that opens the account. */
  readonly createProfile: (tx: Tx, ctx: TenantCtx, profile: Profile) => Promise<Patient>;
};

export type PatientsDeps = PatientRegisterDeps & { database: Database };

/** The patients of a clinic. The routes want to know who treats whom, which is made with the port. */
export const createPatients = (
  deps: PatientsDeps,
): { port: PatientsPort; routes(treatment: Treatment): RouteGroup[] } => {
  const register = createPatientRegister(deps);
  return {
    port: {
      find: findPatient,
      lock: lockPatient,
      patientOfUser: findPatientIdOfUser,
      createProfile: (tx, ctx, profile) =>
        register.enter(tx, ctx, {
          ...profile,
          sex: null,
          address: null,
          preferredLanguage: null,
          emergencyContact: null,
        }),
    },
    routes: (treatment) => [
      patientRoutes(createPatientController(createPatientService({ ...deps, register, treatment }))),
    ],
  };
};
