import type { Database, Db, Tx } from '../../database/db.ts';
import type { Keyring } from '../../database/keyring.ts';
import type { TenantCtx } from '../../shared/types/context.ts';
import type { Logger } from '../../shared/utils/logger.ts';
import type { RouteGroup } from '../../shared/utils/route.ts';
import { createImportController } from './controllers/import.controller.ts';
import { createPatientController } from './controllers/patient.controller.ts';
import { createRelationController } from './controllers/relation.controller.ts';
import type { Patient } from './models/patient.ts';
import { listDependants } from './repositories/guardian.repository.ts';
import { isOpenTo } from './repositories/opening.repository.ts';
import {
  findPatient,
  findPatientIdOfUser,
  lockPatient,
  patientExists,
} from './repositories/patient.repository.ts';
import { importRoutes } from './routes/import.routes.ts';
import { patientRoutes } from './routes/patient.routes.ts';
import { relationRoutes } from './routes/relation.routes.ts';
import type { Accounts } from './services/accounts.ts';
import { createConsentService } from './services/consent.service.ts';
import { createErasureService, type ErasureDeps } from './services/erasure.service.ts';
import { createExportService, type ExportSource } from './services/export.service.ts';
import { createGuardianService } from './services/guardian.service.ts';
import { createImportService } from './services/import.service.ts';
import { createMedicalInfoService } from './services/medical-info.service.ts';
import { createMergeService, type MovePatient } from './services/merge.service.ts';
import { createOpeningService, type NamesOfUsers, type OpeningDeps } from './services/opening.service.ts';
import { createPatientAccess } from './services/patient-access.ts';
import { createPatientRegister, type PatientRegisterDeps } from './services/patient-register.service.ts';
import { createPatientService } from './services/patient.service.ts';
import { createWordsSweep } from './services/words-sweep.ts';
import { createTimelineService, type TimelineSource } from './services/timeline.service.ts';
import type { Visits } from './services/visits.ts';

export { DateOfBirth, Patient } from './models/patient.ts';
export { type ExportPart, NOT_PERMITTED } from './models/export.ts';
export { TimelineEntry, type TimelinePage } from './models/timeline.ts';
export { patientEvents } from './events.ts';
export { sealedOfPatients } from './repositories/sealed.repository.ts';
export { patientProblems } from './problems.ts';
export type { ExportSource } from './services/export.service.ts';
export type { MovePatient } from './services/merge.service.ts';
export type { TimelineSource } from './services/timeline.service.ts';
export { type LoadedPatient, loadPatients } from './services/bulk-load.ts';
export type { Accounts } from './services/accounts.ts';
export type { Upcoming, Visits } from './services/visits.ts';

/** What is known of a person who opens an account. */
export type Profile = Pick<Patient, 'firstName' | 'lastName' | 'email' | 'phone' | 'dateOfBirth'> & {
  readonly userId: string;
};

/** What other domains may ask of patients. */
export type PatientsPort = {
  readonly find: (db: Db, id: string) => Promise<Patient | undefined>;
  exists(db: Db, id: string): Promise<boolean>;
  /** Locks the patient until the end of the transaction: what is counted of them then, stays. 404 for one who is gone. */
  lock(tx: Tx, id: string): Promise<void>;
  /** The id of the patient that the user is. */
  readonly patientOfUser: (db: Db, userId: string) => Promise<string | undefined>;
  /** The ids of those for whom the patient acts. */
  dependantsOf(db: Db, patientId: string): Promise<string[]>;
  /** Whether the user has broken the glass of the patient's record, and the time for it is not over. */
  isOpenTo(db: Db, userId: string, patientId: string): Promise<boolean>;
  /** Enters the owner of an account as a patient, in the transaction that opens the account. */
  readonly createProfile: (tx: Tx, ctx: TenantCtx, profile: Profile) => Promise<Patient>;
};

export type PatientsDeps = PatientRegisterDeps & {
  database: Database;
  keyring: Keyring;
  logger: Logger;
};

/** What the register needs of notes that doctors write. */
export type NotesOfPatients = ErasureDeps['notes'] & OpeningDeps['notes'];

/** What patients need of the domains that are made with their port. */
export type PatientsNeeds = {
  readonly visits: Visits;
  readonly accounts: Accounts;
  readonly namesOfUsers: NamesOfUsers;
  readonly timelineSources: readonly TimelineSource[];
  readonly movers: readonly MovePatient[];
  readonly exportSources: readonly ExportSource[];
  readonly notes: NotesOfPatients;
} & Pick<ErasureDeps, 'retentionOf'>;

/** The patients of a clinic. */
export const createPatients = (
  deps: PatientsDeps,
): {
  port: PatientsPort;
  routes(needs: PatientsNeeds): RouteGroup[];
  /** Work that no request waits for: to be called now and then. */
  sweep(): Promise<void>;
} => {
  const register = createPatientRegister(deps);
  const imports = createImportService({ ...deps, register });
  const sweeps = [imports.sweep, createWordsSweep(deps)];
  return {
    sweep: async () => {
      for (const sweep of sweeps) await sweep();
    },
    port: {
      find: findPatient,
      exists: patientExists,
      lock: lockPatient,
      patientOfUser: findPatientIdOfUser,
      dependantsOf: async (db, patientId) =>
        (await listDependants(db, patientId)).map((dependant) => dependant.patientId),
      isOpenTo: (db, userId, patientId) => isOpenTo(db, userId, patientId, deps.clock.now()),
      createProfile: (tx, ctx, profile) =>
        register.enter(tx, ctx, {
          ...profile,
          sex: null,
          address: null,
          preferredLanguage: null,
          emergencyContact: null,
        }),
    },
    routes: (needs) => {
      const parts = { ...deps, ...needs, register, access: createPatientAccess({ ...deps, ...needs }) };
      const erasure = createErasureService(parts);
      sweeps.push(erasure.sweep);
      const openings = createOpeningService(parts);
      const controller = createPatientController({
        patients: createPatientService(parts),
        merging: createMergeService(parts),
        timeline: createTimelineService(parts),
        medicalInfo: createMedicalInfoService(parts),
        erasure,
        exports: createExportService({ ...parts, openings }),
      });
      const relations = createRelationController({
        guardians: createGuardianService(parts),
        consents: createConsentService(parts),
        openings,
      });
      return [
        importRoutes(createImportController(imports)),
        patientRoutes(controller),
        relationRoutes(relations),
      ];
    },
  };
};
