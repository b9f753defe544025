import type { Db, Tx } from '../../../database/db.ts';
import type { Keyring } from '../../../database/keyring.ts';
import { and, bin, count, sql } from '../../../database/sql.ts';
import type { Opening } from '../models/opening.ts';

/** Whether the record is open to the user now. */
export const isOpenTo = async (db: Db, userId: string, patientId: string, now: Date): Promise<boolean> =>
  (await db.one(sql`
    SELECT id FROM patient_openings
    WHERE tenant_id = ${db.tenant} AND user_id = ${bin(userId)} AND patient_id = ${bin(patientId)}
      AND expires_at > ${now} LIMIT 1`)) !== undefined;

export const placeOfOpening = (id: string) => ({ table: 'patient_openings', column: 'reason', id });

/** The latest first, one row more than `limit`. */
export const listOpenings = async (
  db: Db,
  keyring: Keyring,
  patientId: string,
  { limit, before }: { limit: number; before: string | undefined },
): Promise<Opening[]> => {
  const found = await db.many<Omit<Opening, 'reason'> & { reason: Buffer }>(sql`
    SELECT id, patient_id AS patientId, user_id AS openedBy, reason, opened_at AS openedAt, expires_at AS expiresAt
    FROM patient_openings
    WHERE tenant_id = ${db.tenant} AND patient_id = ${bin(patientId)}
      ${and(before === undefined ? undefined : sql`id < ${bin(before)}`)}
    ORDER BY id DESC LIMIT ${count(limit + 1)}`);
  const opened: Opening[] = [];
  for (const row of found) {
    const reason = await keyring.open(db, row.reason, placeOfOpening(row.id));
    opened.push({ ...row, reason: reason.toString() });
  }
  return opened;
};

export const insertOpening = async (tx: Tx, keyring: Keyring, o: Opening): Promise<void> => {
  const reason = await keyring.seal(tx, o.reason, placeOfOpening(o.id));
  await tx.run(sql`
    INSERT INTO patient_openings (tenant_id, id, patient_id, user_id, reason, opened_at, expires_at)
    VALUES (${tx.tenant}, ${bin(o.id)}, ${bin(o.patientId)}, ${bin(o.openedBy)}, ${reason}, ${o.openedAt},
      ${o.expiresAt})`);
};

export const moveOpenings = (tx: Tx, { from, to }: { from: string; to: string }) =>
  tx.run(sql`
    UPDATE patient_openings SET patient_id = ${bin(to)}
    WHERE tenant_id = ${tx.tenant} AND patient_id = ${bin(from)}`);
