import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, count, sql } from '../../../database/sql.ts';
import type { Consent } from '../models/consent.ts';

/** The latest first, one row more than `limit`. */
export const listConsents = (
  db: Db,
  patientId: string,
  { limit, before, kind }: { limit: number; before: string | undefined; kind?: Consent['kind'] | undefined },
) =>
  db.many<Consent>(sql`
    SELECT id, patient_id AS patientId, kind, status, recorded_at AS recordedAt, recorded_by AS recordedBy
    FROM patient_consents
    WHERE tenant_id = ${db.tenant} AND patient_id = ${bin(patientId)} ${and(
      before === undefined ? undefined : sql`id < ${bin(before)}`,
      kind && sql`kind = ${kind}`,
    )}
    ORDER BY id DESC LIMIT ${count(limit + 1)}`);

export const insertConsent = (tx: Tx, c: Consent) =>
  tx.run(sql`
    INSERT INTO patient_consents (tenant_id, id, patient_id, kind, status, recorded_at, recorded_by)
    VALUES (${tx.tenant}, ${bin(c.id)}, ${bin(c.patientId)}, ${c.kind}, ${c.status}, ${c.recordedAt},
      ${bin(c.recordedBy)})`);

export const moveConsents = (tx: Tx, { from, to }: { from: string; to: string }) =>
  tx.run(sql`
    UPDATE patient_consents SET patient_id = ${bin(to)}
    WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(from)}`);
