import { createCipheriv, createDecipheriv } from 'node:crypto';
import { SealBroken } from './sealed-box.ts';

const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const IV_BYTES = 12;

/** The number of the chunk, and whether it is the last: none can be left out, moved or cut off. */
const ivOf = (index: number, isLast: boolean): Buffer => {
  const iv = Buffer.alloc(IV_BYTES);
  iv.writeUInt32BE(index, IV_BYTES - 5);
  iv.writeUInt8(isLast ? 1 : 0, IV_BYTES - 1);
  return iv;
};

/** Pieces of `size` bytes, and at the end what is left, which may be nothing. The last one says so. */
async function* pieces(source: AsyncIterable<Uint8Array>, size: number) {
  let waiting = Buffer.alloc(0);
  for await (const bytes of source) {
    waiting = Buffer.concat([waiting, bytes]);
    for (; waiting.length > size; waiting = waiting.subarray(size))
      yield { piece: waiting.subarray(0, size), isLast: false };
  }
  yield { piece: waiting, isLast: true };
}

/**
 * Encrypts a file in chunks of 64 KiB, each by AES-256-GCM with a tag of its own, as STREAM does (Hoang, Reyhanitabar,
 * Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance). A key is for one file only.
 */
export async function* encryptedStream(
  key: Buffer,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  let index = 0;
  for await (const { piece, isLast } of pieces(source, CHUNK_BYTES)) {
    const cipher = createCipheriv('aes-256-gcm', key, ivOf(index++, isLast));
    yield Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]);
  }
}

/** Gives only what has been authenticated. Throws {@link SealBroken} at the first chunk that is not as it was written. */
export async function* decryptedStream(
  key: Buffer,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  let index = 0;
  for await (const { piece, isLast } of pieces(source, CHUNK_BYTES + TAG_BYTES)) {
    if (piece.length < TAG_BYTES) throw new SealBroken('The file ends too early');
    const decipher = createDecipheriv('aes-256-gcm', key, ivOf(index++, isLast), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(piece.subarray(-TAG_BYTES));
    const opened = decipher.update(piece.subarray(0, -TAG_BYTES));
    try {
      decipher.final();
    } catch (error) {
      throw new SealBroken('A chunk of the file does not open', { cause: error });
    }
    yield opened;
  }
}
