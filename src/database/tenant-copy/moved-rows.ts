import { closeBox, keyIdOf, openBox, SealBroken } from '../../shared/crypto/sealed-box.ts';
import { type MasterKeys, unwrapKey, wrapKey } from '../../shared/crypto/master-keys.ts';
import { openKeyOf, placeOf, placeOfKey } from '../keyring.ts';
import { bin, uuidOf } from '../sql.ts';
import { type Header, isBytes, TenantCopyError, type TenantRow, type Value } from './format.ts';

/** A row by the names of its columns. */
type Named = Readonly<Record<string, Value>>;

const named = (header: Header, { table, values }: TenantRow): Named =>
  Object.fromEntries(header.tables[table]?.columns.map(({ name }, at) => [name, values[at] ?? null]) ?? []);

export type Keys = { readonly add: (row: TenantRow) => void; readonly opened: Map<string, Buffer> };

/** Collects the data keys in a copy. Throws `MasterKeyError` for one that the master keys of this installation do not open. */
export const createKeys = (header: Header, masterKeys: MasterKeys): Keys => {
  const opened = new Map<string, Buffer>();
  return {
    opened,
    add: (row) => {
      if (header.tables[row.table]?.name !== 'tenant_keys') return;
      const { id, wrapped, master_key_id: masterKeyId } = named(header, row);
      const keyId = uuidOf(id as Buffer);
      const key = { masterKeyId: masterKeyId as string, wrapped: wrapped as Buffer };
      opened.set(keyId, unwrapKey(masterKeys, key, placeOfKey(header.tenant.id, keyId)));
    },
  };
};

const ID_BYTES = 16;

/** The ids by which a row may have bound what is sealed in it: its own, or that of whom it is about. */
const idsIn = (row: Named): string[] =>
  [row['id'], ...Object.values(row)].flatMap((value) =>
    Buffer.isBuffer(value) && value.length === ID_BYTES ? [uuidOf(value)] : [],
  );

const openedOr = (open: () => Buffer): Buffer | undefined => {
  try {
    return open();
  } catch (error) {
    if (error instanceof SealBroken) return undefined;
    throw error;
  }
};

const keyIdIn = (value: Buffer): string | undefined => {
  try {
    return uuidOf(keyIdOf(value));
  } catch (error) {
    if (error instanceof SealBroken) return undefined;
    throw error;
  }
};

/**
 * Makes the rows of a copy those of the tenant `newId`: in every column that holds the old id, alone or within a text; and in
 * what is sealed, which is bound to its tenant, and is closed anew under the same data key.
 */
export const createMove = (header: Header, newId: string, { opened }: Keys, masterKeys: MasterKeys) => {
  const oldId = header.tenant.id;
  const [oldBytes, newBytes] = [bin(oldId), bin(newId)];

  const resealed = (table: string, column: string, row: Named, sealed: Buffer, keyId: string): Buffer => {
    const dataKey = opened.get(keyId);
    if (!dataKey) return sealed;
    const key = openKeyOf(keyId, dataKey);
    for (const id of idsIn(row)) {
      const place = { table, column, id };
      const opened = openedOr(() => openBox(key.key, sealed, placeOf(oldId, place)));
      if (opened) return closeBox(key, opened, placeOf(newId, place));
    }
    throw new TenantCopyError(
      `What is sealed in ${table}.${column} is bound to the clinic's id, which another clinic has here. Import the file into an installation where the id is free.`,
    );
  };

  const rewrapped = (row: Named): Buffer => {
    const keyId = uuidOf(row['id'] as Buffer);
    const dataKey = opened.get(keyId) as Buffer;
    return wrapKey(masterKeys, dataKey, placeOfKey(newId, keyId)).wrapped;
  };

  const movedValue = (table: string, column: string, row: Named, value: Value): Value => {
    if (value === null) return null;
    if (typeof value === 'string') return value.replaceAll(oldId, newId);
    if (value.equals(oldBytes)) return newBytes;
    if (table === 'tenant_keys' && column === 'wrapped') return rewrapped(row);
    const keyId = keyIdIn(value);
    return keyId === undefined ? value : resealed(table, column, row, value, keyId);
  };

  return (row: TenantRow): readonly Value[] => {
    const table = header.tables[row.table];
    if (!table || newId === oldId) return row.values;
    const own = named(header, row);
    return table.columns.map((column, at) => {
      if (table.name === 'tenant_keys' && column.name === 'master_key_id') return masterKeys[0].id;
      const value = row.values[at] ?? null;
      return isBytes(column) || typeof value === 'string'
        ? movedValue(table.name, column.name, own, value)
        : value;
    });
  };
};
