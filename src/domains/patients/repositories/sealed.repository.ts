import type { Database } from '../../../database/db.ts';
import type { Keyring } from '../../../database/keyring.ts';
import { type SealedRow, sealedByOther, type SealedRows, sealedRows } from '../../../database/sealed-rows.ts';
import { and, bin, count, sql } from '../../../database/sql.ts';
import { placeOfMedicalInfo } from './medical-info.repository.ts';
import { placeOfOpening } from './opening.repository.ts';

/** Everything that is sealed of patients. */
export const sealedOfPatients = (deps: { database: Database; keyring: Keyring }): SealedRows[] => [
  sealedRows(deps, {
    what: 'medical information',
    place: placeOfMedicalInfo,
    count: (db, key) =>
      db.one(sql`
        SELECT COUNT(*) AS found FROM patient_medical_info
        WHERE tenant_id = ${db.tenant} AND ${sealedByOther(sql`content`, key)}`),
    list: (tx, { key, after, limit }) =>
      tx.many<SealedRow>(sql`
        SELECT patient_id AS id, content AS sealed FROM patient_medical_info
        WHERE tenant_id = ${tx.tenant} AND ${sealedByOther(sql`content`, key)}
          ${and(after === undefined ? undefined : sql`patient_id > ${bin(after)}`)}
        ORDER BY patient_id LIMIT ${count(limit)} FOR UPDATE`),
    write: (tx, { id, sealed }) =>
      tx.run(sql`
        UPDATE patient_medical_info SET content = ${sealed}
        WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(id)}`),
  }),
  sealedRows(deps, {
    what: 'reasons of emergency access',
    place: placeOfOpening,
    count: (db, key) =>
      db.one(sql`
        SELECT COUNT(*) AS found FROM patient_openings
        WHERE tenant_id = ${db.tenant} AND ${sealedByOther(sql`reason`, key)}`),
    list: (tx, { key, after, limit }) =>
      tx.many<SealedRow>(sql`
        SELECT id, reason AS sealed FROM patient_openings
        WHERE tenant_id = ${tx.tenant} AND ${sealedByOther(sql`reason`, key)}
          ${and(after === undefined ? undefined : sql`id > ${bin(after)}`)}
        ORDER BY id LIMIT ${count(limit)} FOR UPDATE`),
    write: (tx, { id, sealed }) =>
      tx.run(sql`
        UPDATE patient_openings SET reason = ${sealed} WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`),
  }),
];
