import type { Database } from '../../../database/db.ts';
import type { Keyring, Place } from '../../../database/keyring.ts';
import { type SealedRow, sealedByOther, type SealedRows, sealedRows } from '../../../database/sealed-rows.ts';
import { and, bin, count, sql } from '../../../database/sql.ts';

export type SecretColumn = 'secret' | 'previous_secret';
export const placeOfSecret = (column: SecretColumn, id: string): Place => ({ table: 'webhooks', column, id });

const secretsIn = (deps: { database: Database; keyring: Keyring }, name: SecretColumn): SealedRows => {
  const column = name === 'secret' ? sql`secret` : sql`previous_secret`;
  return sealedRows(deps, {
    what: name === 'secret' ? 'secrets of webhooks' : 'previous secrets of webhooks',
    place: (id) => placeOfSecret(name, id),
    count: (db, key) =>
      db.one(sql`
        SELECT COUNT(*) AS found FROM webhooks WHERE tenant_id = ${db.tenant} AND ${sealedByOther(column, key)}`),
    list: (tx, { key, after, limit }) =>
      tx.many<SealedRow>(sql`
        SELECT id, ${column} AS sealed FROM webhooks
        WHERE tenant_id = ${tx.tenant} AND ${sealedByOther(column, key)}
          ${and(after === undefined ? undefined : sql`id > ${bin(after)}`)}
        ORDER BY id LIMIT ${count(limit)} FOR UPDATE`),
    write: (tx, { id, sealed }) =>
      tx.run(sql`
        UPDATE webhooks SET ${column} = ${sealed} WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`),
  });
};

/** Everything that is sealed of webhooks. */
export const sealedOfWebhooks = (deps: { database: Database; keyring: Keyring }): SealedRows[] => [
  secretsIn(deps, 'secret'),
  secretsIn(deps, 'previous_secret'),
];
