import type { Db, Tx } from '../../../database/db.ts';
import type { Keyring } from '../../../database/keyring.ts';
import { bin, sql, type Sql } from '../../../database/sql.ts';
import { MedicalContent, type MedicalInfo } from '../models/medical-info.ts';

type Row = Pick<MedicalInfo, 'patientId' | 'version' | 'updatedAt' | 'updatedBy'> & { content: Buffer };

export const placeOfMedicalInfo = (patientId: string) => ({
  table: 'patient_medical_info',
  column: 'content',
  id: patientId,
});

const findWith = async (db: Db, keyring: Keyring, patientId: string, lock: Sql) => {
  const row = await db.one<Row>(sql`
    SELECT patient_id AS patientId, content, version, updated_at AS updatedAt, updated_by AS updatedBy
    FROM patient_medical_info WHERE tenant_id = ${db.tenant} AND patient_id = ${bin(patientId)} ${lock}`);
  if (!row) return undefined;
  const { content, ...rest } = row;
  const opened = await keyring.open(db, content, placeOfMedicalInfo(patientId));
  return { ...rest, ...MedicalContent.parse(JSON.parse(opened.toString())) } satisfies MedicalInfo;
};

export const findMedicalInfo = (db: Db, keyring: Keyring, patientId: string) =>
  findWith(db, keyring, patientId, sql``);

/** Locked, where there is any. */
export const findMedicalInfoToChange = (tx: Tx, keyring: Keyring, patientId: string) =>
  findWith(tx, keyring, patientId, sql`FOR UPDATE`);

export const writeMedicalInfo = async (tx: Tx, keyring: Keyring, info: MedicalInfo): Promise<void> => {
  const { patientId, version, updatedAt, updatedBy, ...content } = info;
  const sealed = await keyring.seal(tx, JSON.stringify(content), placeOfMedicalInfo(patientId));
  await tx.run(sql`
    INSERT INTO patient_medical_info (tenant_id, patient_id, content, version, created_at, updated_at, updated_by)
    VALUES (${tx.tenant}, ${bin(patientId)}, ${sealed}, ${version}, ${updatedAt}, ${updatedAt}, ${bin(updatedBy)})
    ON DUPLICATE KEY UPDATE content = VALUES(content), version = VALUES(version), updated_at = VALUES(updated_at),
      updated_by = VALUES(updated_by)`);
};

export const hasMedicalInfo = async (db: Db, patientId: string): Promise<boolean> =>
  (await db.one(sql`
    SELECT patient_id FROM patient_medical_info
    WHERE tenant_id = ${db.tenant} AND patient_id = ${bin(patientId)}`)) !== undefined;

export const deleteMedicalInfo = (tx: Tx, patientId: string) =>
  tx.run(sql`
    DELETE FROM patient_medical_info WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(patientId)}`);
