import type { AuditTrail } from '../../../database/audit.ts';
import type { Db, Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx, TenantCtx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, invalid } from '../../../shared/utils/errors.ts';
import { DuplicateCandidate, matchesBetween, type Person } from '../models/duplicate.ts';
import { isFutureDate, medicalRecordNumber, type Patient } from '../models/patient.ts';
import { nameKey, phoneWords } from '../models/search-words.ts';
import { patientProblems } from '../problems.ts';
import { insertWords, listLikely } from '../repositories/patient-search.repository.ts';
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

/** Records that are likely of the same person. */
export const listDuplicates = async (db: Db, person: Person): Promise<DuplicateCandidate[]> => {
  const { dateOfBirth, email, phone } = person;
  const names = nameKey(person).split(' ');
  const likely = await listLikely(db, {
    born:
      dateOfBirth === null
        ? undefined
        : [dateOfBirth.replaceAll('-', ''), names[0] ?? '', names.at(-1) ?? ''],
    contacts: [...(email === null ? [] : [email]), ...(phone === null ? [] : phoneWords(phone))],
  });
  return likely
    .map((patient) => ({ ...patient, matches: matchesBetween(person, patient) }))
    .filter(({ matches }) => matches.length > 0)
    .map((candidate) => DuplicateCandidate.parse(candidate));
};

/** Enters patients into the register of the clinic, each with the next record number. */
export const createPatientRegister = ({ audit, outbox, clock }: PatientRegisterDeps) => {
  const enter = async (tx: Tx, ctx: Actor, fields: NewPatient): Promise<Patient> => {
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
    await insertWords(tx, patient);
    await audit.record(tx, ctx, {
      action: 'patient.created',
      resourceType: 'patient',
      resourceId: patient.id,
    });
    await outbox.publish(tx, ctx, { type: 'patient.created', payload: { patientId: patient.id } });
    return patient;
  };

  return {
    enter,

    /** 409 `possible_duplicate` where somebody like that is there. Two who enter the same person at once wait for each other. */
    enterUnlessKnown: async (tx: Tx, ctx: Actor, fields: NewPatient): Promise<Patient> => {
      const entered = await enter(tx, ctx, fields);
      const candidates = await listDuplicates(tx, entered);
      const others = candidates.filter(({ id }) => id !== entered.id);
      if (others.length > 0) {
        throw new AppError(patientProblems.possible_duplicate, undefined, {
          extensions: { candidates: others },
        });
      }
      return entered;
    },
  };
};
