import { createHash, randomBytes } from 'node:crypto';
import { KEY_BYTES } from '../../../shared/crypto/sealed-box.ts';
import { encryptedStream } from '../../../shared/crypto/sealed-stream.ts';
import type { FileStore } from '../../../shared/files/file-store.ts';
import type { IncomingFile } from '../../../shared/types/file.ts';
import { AppError, commonProblems, invalid } from '../../../shared/utils/errors.ts';
import { type AttachmentType, HEAD_BYTES, safeName, typeOf } from '../models/attachment.ts';

export type TakenFile = {
  readonly name: string;
  readonly mediaType: AttachmentType;
  readonly bytes: number;
  readonly sha256: string;
  /** In base64. */
  readonly key: string;
};

const unknownType = () =>
  new AppError(
    commonProblems.unsupported_media_type,
    'The file is no PDF, PNG, JPEG or DICOM. What is in it counts, not its name.',
  );

/** The first bytes of a stream, and all of it again. */
const peek = async (content: AsyncIterable<Buffer>) => {
  const iterator = content[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < HEAD_BYTES) {
    const next = await iterator.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  return { head, all: join(head, iterator) };
};
async function* join(head: Buffer, rest: AsyncIterator<Buffer>) {
  yield head;
  yield* { [Symbol.asyncIterator]: () => rest };
}

/**
 * Streams a file into the store, encrypted under a key of its own. 413 beyond `maxBytes`, 415 for another type, 422 for one
 * that is empty or breaks off; then nothing is left of it.
 */
export const takeFile = async (
  { files, maxBytes }: { files: FileStore; maxBytes: number },
  storeKey: string,
  { name, content }: IncomingFile,
): Promise<TakenFile> => {
  const { head, all } = await peek(content);
  if (head.length === 0) throw invalid('/file', 'must not be empty');
  const mediaType = typeOf(head);
  if (!mediaType) throw unknownType();
  const [key, hash] = [randomBytes(KEY_BYTES), createHash('sha256')];
  let bytes = 0;
  const measured = async function* () {
    for await (const chunk of all) {
      bytes += chunk.length;
      if (bytes > maxBytes)
        throw new AppError(commonProblems.body_too_large, `A file may have ${maxBytes} bytes at most.`);
      hash.update(chunk);
      yield chunk;
    }
  };
  await files.put(storeKey, encryptedStream(key, measured()));
  return { name: safeName(name), mediaType, bytes, sha256: hash.digest('hex'), key: key.toString('base64') };
};
