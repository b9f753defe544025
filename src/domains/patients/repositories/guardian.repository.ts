import type { Db, Tx } from '../../../database/db.ts';
import { duplicateKeyOf } from '../../../database/failures.ts';
import { bin, sql } from '../../../database/sql.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Dependant, Guardian } from '../models/guardian.ts';
import { patientProblems } from '../problems.ts';

/** Who acts for the patient. */
export const listGuardians = (db: Db, patientId: string) =>
  db.many<Guardian>(sql`
    SELECT g.guardian_id AS guardianId, g.patient_id AS patientId, p.first_name AS firstName, p.last_name AS lastName,
      g.relationship, g.created_at AS createdAt
    FROM patient_guardians g
      JOIN patients p ON p.tenant_id = g.tenant_id AND p.id = g.guardian_id AND p.deleted_at IS NULL
    WHERE g.tenant_id = ${db.tenant} AND g.patient_id = ${bin(patientId)}
    ORDER BY g.created_at, g.guardian_id`);

/** For whom the patient acts. */
export const listDependants = (db: Db, guardianId: string) =>
  db.many<Dependant>(sql`
    SELECT g.patient_id AS patientId, p.first_name AS firstName, p.last_name AS lastName,
      p.date_of_birth AS dateOfBirth, g.relationship, g.created_at AS createdAt
    FROM patient_guardians g
      JOIN patients p ON p.tenant_id = g.tenant_id AND p.id = g.patient_id AND p.deleted_at IS NULL
    WHERE g.tenant_id = ${db.tenant} AND g.guardian_id = ${bin(guardianId)}
    ORDER BY g.created_at, g.patient_id`);

type Link = Pick<Guardian, 'patientId' | 'guardianId' | 'relationship' | 'createdAt'>;

export const insertGuardian = async (tx: Tx, link: Link): Promise<void> => {
  try {
    await tx.run(sql`
      INSERT INTO patient_guardians (tenant_id, patient_id, guardian_id, relationship, created_at)
      VALUES (${tx.tenant}, ${bin(link.patientId)}, ${bin(link.guardianId)}, ${link.relationship}, ${link.createdAt})`);
  } catch (error) {
    if (duplicateKeyOf(error) !== 'PRIMARY') throw error;
    throw new AppError(patientProblems.already_guardian, undefined, { cause: error });
  }
};

/** Whether there was one. */
export const deleteGuardian = async (tx: Tx, patientId: string, guardianId: string): Promise<boolean> => {
  const { affectedRows } = await tx.run(sql`
    DELETE FROM patient_guardians
    WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(patientId)} AND guardian_id = ${bin(guardianId)}`);
  return affectedRows > 0;
};

/** Ends every relation of the patient, in both directions. */
export const deleteRelations = (tx: Tx, id: string) =>
  tx.run(sql`
    DELETE FROM patient_guardians
    WHERE tenant_id = ${tx.tenant} AND (patient_id = ${bin(id)} OR guardian_id = ${bin(id)})`);

/** What one record has, the other gets, unless it has it or would become its own guardian. */
export const moveRelations = async (tx: Tx, { from, to }: { from: string; to: string }): Promise<void> => {
  await tx.run(sql`
    INSERT INTO patient_guardians (tenant_id, patient_id, guardian_id, relationship, created_at)
    SELECT tenant_id, ${bin(to)}, guardian_id, relationship, created_at FROM patient_guardians
    WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(from)} AND guardian_id <> ${bin(to)}
    ON DUPLICATE KEY UPDATE patient_id = VALUES(patient_id)`);
  await tx.run(sql`
    INSERT INTO patient_guardians (tenant_id, patient_id, guardian_id, relationship, created_at)
    SELECT tenant_id, patient_id, ${bin(to)}, relationship, created_at FROM patient_guardians
    WHERE tenant_id = ${tx.tenant} AND guardian_id = ${bin(from)} AND patient_id <> ${bin(to)}
    ON DUPLICATE KEY UPDATE guardian_id = VALUES(guardian_id)`);
  await deleteRelations(tx, from);
};
