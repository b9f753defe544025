import type { Db, Tx } from '../../../database/db.ts';
import { bin, rows, sql } from '../../../database/sql.ts';

/** The authenticator of a user. `secret` is sealed. */
export type TotpFactor = {
  readonly secret: Buffer;
  readonly activatedAt: Date | null;
  readonly lastTimeStep: number | null;
};

export const placeOfFactor = (userId: string) => ({ table: 'totp_factors', column: 'secret', id: userId });

const columns = sql`secret, activated_at AS activatedAt, last_time_step AS lastTimeStep`;

export const findFactor = (db: Db, userId: string) =>
  db.one<TotpFactor>(sql`
    SELECT ${columns} FROM totp_factors WHERE tenant_id = ${db.tenant} AND user_id = ${bin(userId)}`);

/** Locked: of two that bring the same code, the second sees that it has been used. */
export const findFactorToUse = (tx: Tx, userId: string) =>
  tx.one<TotpFactor>(sql`
    SELECT ${columns} FROM totp_factors
    WHERE tenant_id = ${tx.tenant} AND user_id = ${bin(userId)} FOR UPDATE`);

/** In place of one that was never activated. */
export const putFactor = (tx: Tx, userId: string, secret: Buffer, now: Date) =>
  tx.run(sql`
    INSERT INTO totp_factors (tenant_id, user_id, secret, created_at)
    VALUES (${tx.tenant}, ${bin(userId)}, ${secret}, ${now})
    ON DUPLICATE KEY UPDATE secret = ${secret}, created_at = ${now}, last_time_step = NULL`);

export const updateFactor = (
  tx: Tx,
  userId: string,
  { activatedAt, lastTimeStep }: Omit<TotpFactor, 'secret'>,
) =>
  tx.run(sql`
    UPDATE totp_factors SET activated_at = ${activatedAt}, last_time_step = ${lastTimeStep}
    WHERE tenant_id = ${tx.tenant} AND user_id = ${bin(userId)}`);

export const insertRecoveryCodes = (tx: Tx, userId: string, hashes: readonly Buffer[]) =>
  tx.run(sql`
    INSERT INTO recovery_codes (tenant_id, user_id, code_hash)
    VALUES ${rows(hashes.map((hash) => [tx.tenant, bin(userId), hash]))}`);

/** Whether there was such a code; it is used up now. */
export const useRecoveryCode = async (tx: Tx, userId: string, hash: Buffer): Promise<boolean> => {
  const { affectedRows } = await tx.run(sql`
    DELETE FROM recovery_codes
    WHERE tenant_id = ${tx.tenant} AND user_id = ${bin(userId)} AND code_hash = ${hash}`);
  return affectedRows > 0;
};

export const removeFactor = async (tx: Tx, userId: string): Promise<void> => {
  await tx.run(sql`
    DELETE FROM recovery_codes WHERE tenant_id = ${tx.tenant} AND user_id = ${bin(userId)}`);
  await tx.run(sql`
    DELETE FROM totp_factors WHERE tenant_id = ${tx.tenant} AND user_id = ${bin(userId)}`);
};
