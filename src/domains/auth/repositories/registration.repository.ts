import type { Tx } from '../../../database/db.ts';
import { bin, sql } from '../../../database/sql.ts';

/** What an account whose address is not proved yet has given for its owner's record. */
export type Registration = {
  readonly userId: string;
  readonly email: string;
  readonly phone: string | null;
  readonly dateOfBirth: string | null;
};

export const insertRegistration = (tx: Tx, r: Registration, now: Date) =>
  tx.run(sql`
    INSERT INTO registrations (tenant_id, user_id, email, phone, date_of_birth, created_at)
    VALUES (${tx.tenant}, ${bin(r.userId)}, ${r.email}, ${r.phone}, ${r.dateOfBirth}, ${now})`);

export const findRegistration = (tx: Tx, userId: string) =>
  tx.one<Registration>(sql`
    SELECT user_id AS userId, email, phone, date_of_birth AS dateOfBirth FROM registrations
    WHERE tenant_id = ${tx.tenant} AND user_id = ${bin(userId)}`);

export const deleteRegistration = (tx: Tx, userId: string) =>
  tx.run(sql`DELETE FROM registrations WHERE tenant_id = ${tx.tenant} AND user_id = ${bin(userId)}`);
