import { randomBytes } from 'node:crypto';
import { blindIndex, blindQuery } from '../shared/crypto/blind-index.ts';
import { MasterKeyError, type MasterKeys, unwrapKey, wrapKey } from '../shared/crypto/master-keys.ts';
import { closeBox, deriveKey, KEY_BYTES, keyIdOf, openBox, SealBroken } from '../shared/crypto/sealed-box.ts';
import type { CacheCounts } from '../shared/metrics/metrics.ts';
import { newId } from '../shared/types/id.ts';
import type { Clock } from '../shared/utils/clock.ts';
import { lastUsed } from '../shared/utils/last-used.ts';
import type { Db, SystemDb, Tx } from './db.ts';
import { duplicateKeyOf, unavailable } from './failures.ts';
import { bin, uuidOf } from './sql.ts';
import {
  findActiveKey,
  findKey,
  insertActiveKey,
  listKeysInUse,
  listNewestKeys,
  stepDown,
  type TenantKey,
} from './tenant-keys.ts';

/** Where a value is kept. What was sealed for one place opens at no other. */
export type Place = { readonly table: string; readonly column: string; readonly id: string };

/** Encrypts what a database dump must not show, under a key of each tenant's own. */
export type Keyring = {
  /**
   * Seals a value for a column that holds bytes; 64 bytes longer than the value at most. The tenant's key is made when it
   * is first needed. 503 while its master key is missing.
   */
  seal(tx: Tx, plaintext: string | Buffer, place: Place): Promise<Buffer>;
  /** What was sealed for that place; bytes, so text wants `toString()`. 503 while the master key is missing, and never garbage. */
  open(db: Db, sealed: Buffer, place: Place): Promise<Buffer>;
  /** What a FULLTEXT column keeps of a text, so that {@link Keyring.query} finds the words in it. Seal under the same transaction. */
  index(tx: Tx, text: string): Promise<string>;
  /** What to search such a column for, in boolean mode: rows with every word of `text`. `undefined`: there is no word. */
  query(db: Db, text: string): Promise<string | undefined>;
  /**
   * Puts a new key in the place of one that is to be replaced, after everybody who encrypts with that one. The id of the key
   * that encrypts from then on; `undefined` for a tenant that has none.
   */
  renew(tx: Tx): Promise<Buffer | undefined>;
  /** Throws {@link MasterKeyError} where the configured master keys are not those of this database. */
  check(db: SystemDb): Promise<void>;
};

/** A data key in use: one key for boxes, another for the index. */
type OpenKey = { readonly id: Buffer; readonly key: Buffer; readonly index: Buffer };

const KEPT_MS = 5 * 60_000;
const MAX_KEPT = 10_000;

/** What a wrapped key is bound to. */
export const placeOfKey = (tenantId: string, id: string) => `tenant_keys/${tenantId}/${id}`;
/** What a sealed value is bound to. */
export const placeOf = (tenantId: string, { table, column, id }: Place) =>
  `${tenantId}/${table}.${column}/${id}`;

export const openKeyOf = (id: string, dataKey: Buffer): OpenKey => ({
  id: bin(id),
  key: deriveKey(dataKey, 'seal'),
  index: deriveKey(dataKey, 'blind index'),
});

/** Nothing in a request can help against a wrong master key: it waits until the operator has put it right. */
const orUnavailable = <T>(work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw error instanceof MasterKeyError ? unavailable(error) : error;
  }
};

export const createKeyring = (
  masterKeys: MasterKeys,
  clock: Clock,
  counts: CacheCounts = { hits: 0, misses: 0 },
): Keyring => {
  const kept = lastUsed<OpenKey>(MAX_KEPT, { ttl: KEPT_MS });

  const keep = (tenantId: string, id: string, dataKey: Buffer): OpenKey => {
    const opened = openKeyOf(id, dataKey);
    kept.set(`${tenantId}/${id}`, opened);
    return opened;
  };
  const unwrapped = ({ tenantId }: Db, key: TenantKey): OpenKey =>
    kept.get(`${tenantId}/${key.id}`) ??
    keep(
      tenantId,
      key.id,
      orUnavailable(() => unwrapKey(masterKeys, key, placeOfKey(tenantId, key.id))),
    );

  const makeKey = async (tx: Tx): Promise<OpenKey> => {
    const [id, dataKey] = [newId(), randomBytes(KEY_BYTES)];
    const wrapped = wrapKey(masterKeys, dataKey, placeOfKey(tx.tenantId, id));
    await insertActiveKey(tx, { id, ...wrapped }, clock.now());
    return keep(tx.tenantId, id, dataKey);
  };

  const findActive = async (tx: Tx): Promise<OpenKey | undefined> => {
    const active = await findActiveKey(tx);
    return active && unwrapped(tx, active);
  };

  /** Of two that need a tenant's first key at once, the second waits for the first and takes the same. */
  const activeKey = async (tx: Tx): Promise<OpenKey> => {
    const active = await findActive(tx);
    if (active) return active;
    try {
      return await makeKey(tx);
    } catch (error) {
      if (duplicateKeyOf(error) !== 'uq_tenant_keys_active') throw error;
      const made = await findActive(tx);
      if (made) return made;
      throw error;
    }
  };

  const keyOf = async (db: Db, id: string): Promise<OpenKey> => {
    const known = kept.get(`${db.tenantId}/${id}`);
    if (known) {
      counts.hits += 1;
      return known;
    }
    counts.misses += 1;
    const stored = await findKey(db, id);
    if (!stored) throw new SealBroken(`The tenant has no key ${id}`);
    return unwrapped(db, stored);
  };

  return {
    seal: async (tx, plaintext, place) =>
      closeBox(await activeKey(tx), Buffer.from(plaintext), placeOf(tx.tenantId, place)),

    open: async (db, sealed, place) => {
      const { key } = await keyOf(db, uuidOf(keyIdOf(sealed)));
      return openBox(key, sealed, placeOf(db.tenantId, place));
    },

    index: async (tx, text) => blindIndex((await activeKey(tx)).index, text),

    query: async (db, text) => {
      const keys = (await listKeysInUse(db)).map((key) => unwrapped(db, key).index);
      return keys.length === 0 ? undefined : blindQuery(keys, text);
    },

    renew: async (tx) => {
      if (await stepDown(tx)) return (await makeKey(tx)).id;
      return (await findActive(tx))?.id;
    },

    check: async (db) => {
      for (const { tenantId, ...key } of await listNewestKeys(db)) {
        unwrapKey(masterKeys, key, placeOfKey(tenantId, key.id));
      }
    },
  };
};
