import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { MasterKeys } from '../../shared/crypto/master-keys.ts';
import { decrypt, deriveKey, encrypt, KEY_BYTES, SealBroken } from '../../shared/crypto/sealed-box.ts';
import { BackupError } from './backup-error.ts';

/** `backupKey` is that of `BACKUP_KEY`; without it, backups are encrypted under a key made from the first master key. */
export type BackupKeys = { readonly backupKey: Buffer | undefined; readonly masterKeys: MasterKeys };

const FORMAT = 'doctor-appointment-backup';

/** The first line of a backup, in the clear: which key opens the rest. */
const Header = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(1),
  createdAt: z.iso.datetime(),
  /** The name of a master key; `null` for `BACKUP_KEY`. */
  masterKeyId: z.string().nullable(),
  /** The key of this backup alone, encrypted, in base64. */
  key: z.string(),
});
type Header = z.output<typeof Header>;

/** What is in the clear cannot be changed either. */
const placeOf = ({ createdAt, masterKeyId }: Pick<Header, 'createdAt' | 'masterKeyId'>) =>
  Buffer.from(JSON.stringify([FORMAT, 1, createdAt, masterKeyId]));

const wrappingKey = (key: Buffer) => deriveKey(key, 'backup');

/** A key for one backup, and the line that says how to get it. */
export const newBackupKey = ({ backupKey, masterKeys }: BackupKeys, now: Date) => {
  const key = randomBytes(KEY_BYTES);
  const open = { createdAt: now.toISOString(), masterKeyId: backupKey ? null : masterKeys[0].id };
  const wrapped = encrypt(wrappingKey(backupKey ?? masterKeys[0].key), key, placeOf(open));
  const header: Header = { format: FORMAT, version: 1, ...open, key: wrapped.toString('base64') };
  return { key, line: Buffer.from(`${JSON.stringify(header)}\n`) };
};

const parseHeader = (line: string): Header => {
  try {
    return Header.parse(JSON.parse(line));
  } catch (error) {
    throw new BackupError('This is no backup that this version can read: npm run backup makes them.', {
      cause: error,
    });
  }
};

const keyFor = ({ masterKeyId }: Header, { backupKey, masterKeys }: BackupKeys) => {
  if (masterKeyId === null) {
    if (!backupKey)
      throw new BackupError('The backup was encrypted under BACKUP_KEY, which is not set here. Set it.');
    return { name: 'BACKUP_KEY', key: backupKey };
  }
  const master = masterKeys.find(({ id }) => id === masterKeyId);
  if (!master)
    throw new BackupError(
      `The backup was encrypted under the master key "${masterKeyId}", which is not configured. Add it to MASTER_KEYS.`,
    );
  return { name: `the master key "${masterKeyId}"`, key: master.key };
};

/** The key of a backup, from its first line. */
export const openBackupKey = (line: string, keys: BackupKeys): Buffer => {
  const header = parseHeader(line);
  const { name, key } = keyFor(header, keys);
  try {
    return decrypt(wrappingKey(key), Buffer.from(header.key, 'base64'), placeOf(header));
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    throw new BackupError(
      `The backup does not open with ${name}: it was made under another key of that name, or its first line is damaged.`,
      { cause: error },
    );
  }
};
