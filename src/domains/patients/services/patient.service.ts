import type { Database } from '../../../database/db.ts';
import { type Ctx, ownPatientIds } from '../../../shared/types/context.ts';
import { decodeCursor, IdPosition, type Page, toPage } from '../../../shared/types/page.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { demandVersion, nextVersion } from '../../../shared/utils/versions.ts';
import type { Patient } from '../models/patient.ts';
import { beginningsIn, wholeWords } from '../models/search-words.ts';
import { patientProblems } from '../problems.ts';
import { deleteWords, writeWords } from '../repositories/patient-search.repository.ts';
import { deletePatient, findPatientToChange, updatePatient } from '../repositories/patient.repository.ts';
import type { CreatePatient, ListPatients, UpdatePatient } from '../validators/patient.ts';
import type { PatientAccess } from './patient-access.ts';
import { demandBorn, type PatientRegister, type PatientRegisterDeps } from './patient-register.service.ts';
import { demandAllPatients, listSeen } from './patient-sight.ts';
import type { Visits } from './visits.ts';

type PatientServiceDeps = PatientRegisterDeps & {
  database: Database;
  register: PatientRegister;
  access: PatientAccess;
  visits: Pick<Visits, 'treatedBy' | 'upcomingOf'>;
};
export type PatientService = ReturnType<typeof createPatientService>;

const there = (patient: Patient | undefined): Patient => {
  if (!patient) throw new AppError(patientProblems.patient_not_found);
  return patient;
};

export const createPatientService = (deps: PatientServiceDeps) => {
  const { database, audit, outbox, clock, register, access, visits } = deps;

  return {
    /** 409 `possible_duplicate` with the candidates, unless it is forced. */
    create: async (ctx: Ctx, fields: CreatePatient, { force }: { force: boolean }): Promise<Patient> => {
      demandAllPatients(ctx);
      const enter = force ? register.enter : register.enterUnlessKnown;
      return database.transaction(ctx, (tx) => enter(tx, ctx, { ...fields, userId: null }));
    },

    list: async (ctx: Ctx, { limit, cursor, q, ...exact }: ListPatients): Promise<Page<Patient>> => {
      const filter = {
        ...exact,
        limit,
        after: decodeCursor(IdPosition, cursor)?.[0],
        beginnings: q ? beginningsIn(q) : undefined,
        words: wholeWords(exact),
      };
      const patients = await listSeen(database.read(ctx.tenantId), ctx, filter, visits);
      return toPage(patients, limit, (last) => [last.id]);
    },

    /** Leaves a trace that the patient can read. */
    get: (ctx: Ctx, id: string): Promise<Patient> =>
      database.transaction(ctx, async (tx) => {
        const seen = await access.demandOrFollow(tx, ctx, id);
        await access.note(tx, ctx, seen, 'patient.viewed');
        return seen.patient;
      }),

    /** Staff change any patient; patients themselves and those of whom they are guardian. */
    update: async (
      ctx: Ctx,
      id: string,
      changes: UpdatePatient,
      ifMatch: number | undefined,
    ): Promise<Patient> => {
      if (!ownPatientIds(ctx).includes(id)) demandKnownWriter(ctx);
      return database.transaction(ctx, async (tx) => {
        const current = there(await findPatientToChange(tx, id));
        demandVersion(current, ifMatch);
        const now = clock.now();
        demandBorn(changes.dateOfBirth, now);
        const patient = nextVersion(current, changes, now);
        await updatePatient(tx, patient);
        await writeWords(tx, patient);
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

    /** 409 while there are appointments to come: somebody would wait for who does not exist any more. */
    remove: async (ctx: Ctx, id: string, ifMatch: number | undefined): Promise<void> => {
      demandAllPatients(ctx);
      await database.transaction(ctx, async (tx) => {
        demandVersion(there(await findPatientToChange(tx, id)), ifMatch);
        const upcoming = await visits.upcomingOf(tx, id, clock.now());
        if (upcoming.length > 0) {
          const appointments = upcoming.map((visit) => ({
            id: visit.id,
            startsAt: visit.startsAt.toISOString(),
          }));
          throw new AppError(patientProblems.upcoming_appointments, undefined, {
            extensions: { appointments },
          });
        }
        await deletePatient(tx, id, clock.now());
        await deleteWords(tx, id);
        await audit.record(tx, ctx, { action: 'patient.deleted', resourceType: 'patient', resourceId: id });
        await outbox.publish(tx, ctx, { type: 'patient.deleted', payload: { patientId: id } });
      });
    },
  };
};

/** Another patient's record is not there for a patient, rather than forbidden. */
const demandKnownWriter = (ctx: Ctx): void => {
  if (!ctx.permissions.has('patients:write')) throw new AppError(patientProblems.patient_not_found);
};
