import type { Tx } from '../../../database/db.ts';
import { bin, rows, sql } from '../../../database/sql.ts';
import { newId } from '../../../shared/types/id.ts';
import { medicalRecordNumber, type Patient } from '../models/patient.ts';
import { WORDS_EDITION, wordsOf } from '../models/search-words.ts';
import { reserveRecordNumbers } from '../repositories/patient.repository.ts';

export type LoadedPatient = Pick<
  Patient,
  'firstName' | 'lastName' | 'dateOfBirth' | 'sex' | 'phone' | 'address' | 'preferredLanguage' | 'createdAt'
>;

/**
 * Enters many patients at once, with record numbers and search words as each of them would get; nobody is told of them. The
 * caller writes the audit row. A few hundred at a time: a statement has 65,535 values at most.
 */
export const loadPatients = async (tx: Tx, people: readonly LoadedPatient[]): Promise<string[]> => {
  const before = await reserveRecordNumbers(tx, people.length);
  const patients = people.map((person, at) => ({
    ...person,
    id: newId(),
    email: null,
    medicalRecordNumber: medicalRecordNumber(before + at + 1),
  }));
  const tuples = patients.map((p) => [
    ...[tx.tenant, bin(p.id), p.medicalRecordNumber, p.firstName, p.lastName, p.dateOfBirth, p.sex, p.phone],
    ...[p.address, p.preferredLanguage, WORDS_EDITION, 1, p.createdAt, p.createdAt],
  ]);
  await tx.run(sql`
    INSERT INTO patients (tenant_id, id, medical_record_number, first_name, last_name, date_of_birth, sex, phone, address,
      preferred_language, words_edition, version, created_at, updated_at) VALUES ${rows(tuples)}`);
  const words = patients.flatMap((patient) =>
    wordsOf(patient).map((word) => [tx.tenant, bin(patient.id), word]),
  );
  await tx.run(sql`INSERT INTO patient_words (tenant_id, patient_id, word) VALUES ${rows(words)}`);
  return patients.map(({ id }) => id);
};
