import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const FORMAT = 1;
const KEY_ID_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES;
export const KEY_BYTES = 32;

/** Something was encrypted under another key or for another place, or has been changed since. */
export class SealBroken extends Error {}

/** A key for one use out of a key for several (HKDF, RFC 5869), so that no two uses ever share one. */
export const deriveKey = (key: Buffer, use: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, '', use, KEY_BYTES));

/** AES-256-GCM (NIST SP 800-38D) with a random 96-bit IV in front and the tag behind. `place` is authenticated, not stored. */
export const encrypt = (key: Buffer, plaintext: Buffer, place: Buffer): Buffer => {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(place);
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
};

/** Throws {@link SealBroken}, and never answers anything but what was encrypted. */
export const decrypt = (key: Buffer, encrypted: Buffer, place: Buffer): Buffer => {
  if (encrypted.length < IV_BYTES + TAG_BYTES) throw new SealBroken('Too short to be encrypted');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, encrypted.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(place).setAuthTag(encrypted.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(encrypted.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch (error) {
    throw new SealBroken('It does not open', { cause: error });
  }
};

/** One key of a tenant, by its 16-byte id. */
export type BoxKey = { readonly id: Buffer; readonly key: Buffer };

/** A box says in the clear under which key it was closed: format (1 byte), key id (16), then what {@link encrypt} made. */
export const closeBox = ({ id, key }: BoxKey, plaintext: Buffer, place: string): Buffer => {
  const header = Buffer.concat([Buffer.of(FORMAT), id]);
  return Buffer.concat([header, encrypt(key, plaintext, Buffer.concat([header, Buffer.from(place)]))]);
};

/** The id of the key that opens a box. Throws {@link SealBroken} for what is none. */
export const keyIdOf = (box: Buffer): Buffer => {
  if (box.length < HEADER_BYTES || box[0] !== FORMAT) throw new SealBroken('Not a sealed box');
  return box.subarray(1, HEADER_BYTES);
};

/** Throws {@link SealBroken} for another key, another place, or a box that has been changed. */
export const openBox = (key: Buffer, box: Buffer, place: string): Buffer => {
  const header = box.subarray(0, HEADER_BYTES);
  return decrypt(key, box.subarray(HEADER_BYTES), Buffer.concat([header, Buffer.from(place)]));
};
