import { ExplainedError } from '../utils/explained-error.ts';
import { decrypt, encrypt, SealBroken } from './sealed-box.ts';

/** A key of the installation, 32 bytes. It encrypts the tenants' data keys and nothing else. */
export type MasterKey = { readonly id: string; readonly key: Buffer };
/** The first wraps, all unwrap. */
export type MasterKeys = readonly [MasterKey, ...MasterKey[]];

export type WrappedKey = { readonly masterKeyId: string; readonly wrapped: Buffer };

/** A data key cannot be unwrapped. The message tells the operator which master key is missing or wrong; it holds no key. */
export class MasterKeyError extends ExplainedError {}

/** `place` binds a wrapped key to its row. */
export const wrapKey = ([{ id, key }]: MasterKeys, dataKey: Buffer, place: string): WrappedKey => ({
  masterKeyId: id,
  wrapped: encrypt(key, dataKey, Buffer.from(place)),
});

/** Throws {@link MasterKeyError} where no master key, or another one of the same name, is configured. */
export const unwrapKey = (
  masterKeys: MasterKeys,
  { masterKeyId, wrapped }: WrappedKey,
  place: string,
): Buffer => {
  const master = masterKeys.find(({ id }) => id === masterKeyId);
  if (!master) {
    throw new MasterKeyError(
      `Data in this database is encrypted under the master key "${masterKeyId}", which is not configured. ` +
        `Add it to MASTER_KEYS (or set it as MASTER_KEY, if its name is "default"). Configured: ${masterKeys.map(({ id }) => `"${id}"`).join(', ')}.`,
    );
  }
  try {
    return decrypt(master.key, wrapped, Buffer.from(place));
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    throw new MasterKeyError(
      `The configured master key "${masterKeyId}" is not the one under which data in this database is encrypted. ` +
        `Set MASTER_KEY or MASTER_KEYS to the keys that were used before.`,
    );
  }
};
