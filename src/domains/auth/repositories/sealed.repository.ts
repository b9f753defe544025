import type { Database } from '../../../database/db.ts';
import type { Keyring } from '../../../database/keyring.ts';
import { type SealedRow, sealedByOther, type SealedRows, sealedRows } from '../../../database/sealed-rows.ts';
import { and, bin, count, sql } from '../../../database/sql.ts';
import { placeOfFactor } from './second-factor.repository.ts';

/** Everything that is sealed of accounts. */
export const sealedOfAccounts = (deps: { database: Database; keyring: Keyring }): SealedRows[] => [
  sealedRows(deps, {
    what: 'second factors',
    place: placeOfFactor,
    count: (db, key) =>
      db.one(sql`
        SELECT COUNT(*) AS found FROM totp_factors
        WHERE tenant_id = ${db.tenant} AND ${sealedByOther(sql`secret`, key)}`),
    list: (tx, { key, after, limit }) =>
      tx.many<SealedRow>(sql`
        SELECT user_id AS id, secret AS sealed FROM totp_factors
        WHERE tenant_id = ${tx.tenant} AND ${sealedByOther(sql`secret`, key)}
          ${and(after === undefined ? undefined : sql`user_id > ${bin(after)}`)}
        ORDER BY user_id LIMIT ${count(limit)} FOR UPDATE`),
    write: (tx, { id, sealed }) =>
      tx.run(sql`
        UPDATE totp_factors SET secret = ${sealed} WHERE tenant_id = ${tx.tenant} AND user_id = ${bin(id)}`),
  }),
];
