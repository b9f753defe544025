import { SealBroken } from '../shared/crypto/sealed-box.ts';
import type { Database, Db, Tx } from './db.ts';
import type { Keyring, Place } from './keyring.ts';
import { type Sql, sql } from './sql.ts';

/** What became of some rows. `after`: behind which id to go on; `undefined`: there are no more. */
export type Resealed = {
  readonly done: number;
  /** Ids of what does not open, and was left as it is. */
  readonly broken: readonly string[];
  readonly after: string | undefined;
};
type Batch = { readonly key: Buffer; readonly after: string | undefined };

/** What is sealed in one place of the database, as the rotation of keys sees it. `key` is the id of the key that stays. */
export type SealedRows = {
  readonly what: string;
  /** How many rows of the tenant another key has sealed. */
  count(db: Db, key: Buffer): Promise<number>;
  /** Seals the next of them under the tenant's active key. */
  reseal(tenantId: string, batch: Batch): Promise<Resealed>;
};

export type SealedRow = { readonly id: string; readonly sealed: Buffer };

/** A box says behind its first byte which key has closed it. */
export const sealedByOther = (column: Sql, key: Buffer): Sql => sql`substr(${column}, 2, 16) <> ${key}`;

const AT_ONCE = 50;

type Kind = {
  readonly what: string;
  readonly place: (id: string) => Place;
  count(db: Db, key: Buffer): Promise<{ found: number } | undefined>;
  /** By id, locked. */
  list(tx: Tx, page: Batch & { readonly limit: number }): Promise<SealedRow[]>;
  /** `opened` is what is in the box, for whatever else is made of it. Neither version nor time of the row change. */
  write(tx: Tx, row: SealedRow, opened: Buffer): Promise<unknown>;
};

/** Rows that are sealed anew in small transactions, so that others wait for a moment at most and read on meanwhile. */
export const sealedRows = (
  { database, keyring }: { database: Database; keyring: Keyring },
  { what, place, count, list, write }: Kind,
): SealedRows => ({
  what,
  count: async (db, key) => (await count(db, key))?.found ?? 0,
  reseal: (tenantId, { key, after }) =>
    database.transaction({ tenantId }, async (tx) => {
      const rows = await list(tx, { key, after, limit: AT_ONCE });
      const broken: string[] = [];
      for (const { id, sealed } of rows) {
        try {
          const opened = await keyring.open(tx, sealed, place(id));
          await write(tx, { id, sealed: await keyring.seal(tx, opened, place(id)) }, opened);
        } catch (error) {
          if (!(error instanceof SealBroken)) throw error;
          broken.push(id);
        }
      }
      const last = rows.length < AT_ONCE ? undefined : rows.at(-1)?.id;
      return { done: rows.length - broken.length, broken, after: last };
    }),
});
