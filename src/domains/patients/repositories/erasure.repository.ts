import type { Db, SystemDb, Tx } from '../../../database/db.ts';
import { bin, count, sql } from '../../../database/sql.ts';

export type Erased = {
  readonly id: string;
  readonly userId: string | null;
  readonly erasedAt: Date | null;
  readonly deletedAt: Date | null;
};

/** Locked. Also one who is erased already, or was removed; not one who was merged into another. */
export const findPatientToErase = (tx: Tx, id: string) =>
  tx.one<Erased>(sql`
    SELECT id, user_id AS userId, erased_at AS erasedAt, deleted_at AS deletedAt FROM patients
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} AND merged_into IS NULL FOR UPDATE`);

/** Takes from the record, and from those that were merged into it, everything that tells whose it was. */
export const anonymise = (tx: Tx, id: string, now: Date) =>
  tx.run(sql`
    UPDATE patients SET first_name = 'Erased', last_name = 'Erased', date_of_birth = NULL, sex = NULL, email = NULL,
      phone = NULL, address = NULL, preferred_language = NULL, emergency_contact = NULL, user_id = NULL,
      erased_at = coalesce(erased_at, ${now}), deleted_at = coalesce(deleted_at, ${now}), version = version + 1,
      updated_at = ${now}
    WHERE tenant_id = ${tx.tenant} AND (id = ${bin(id)} OR merged_into = ${bin(id)})`);

export const writeErasure = (
  tx: Tx,
  { patientId, by, at, dueAt }: { patientId: string; by: string; at: Date; dueAt: Date | null },
) =>
  tx.run(sql`
    INSERT INTO patient_erasures (tenant_id, patient_id, erased_by, erased_at, due_at)
    VALUES (${tx.tenant}, ${bin(patientId)}, ${bin(by)}, ${at}, ${dueAt})
    ON DUPLICATE KEY UPDATE due_at = VALUES(due_at)`);

/** Erasures of all tenants of which something may go by `now`. */
export const listDueErasures = (db: SystemDb, now: Date, limit: number) =>
  db.many<{ tenantId: string; patientId: string; erasedBy: string }>(sql`
    SELECT tenant_id AS tenantId, patient_id AS patientId, erased_by AS erasedBy FROM patient_erasures
    WHERE due_at <= ${now} ORDER BY due_at LIMIT ${count(limit)}`);

/** Under the lock of the patient: another process may have let go of it meanwhile. */
export const isErasureDue = async (tx: Tx, patientId: string, now: Date): Promise<boolean> => {
  const due = await tx.one(sql`
    SELECT patient_id FROM patient_erasures
    WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(patientId)} AND due_at <= ${now}`);
  return due !== undefined;
};

export const countConsents = async (db: Db, patientId: string): Promise<number> =>
  (
    await db.one<{ consents: number }>(sql`
      SELECT COUNT(*) AS consents FROM patient_consents
      WHERE tenant_id = ${db.tenant} AND patient_id = ${bin(patientId)}`)
  )?.consents ?? 0;

/** Why a record was opened may tell of its owner's health; that it was opened stays in the audit trail. */
export const deleteOpenings = (tx: Tx, patientId: string) =>
  tx.run(sql`
    DELETE FROM patient_openings WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(patientId)}`);
