import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { z } from 'zod';
import { SealBroken } from '../../shared/crypto/sealed-box.ts';
import { decryptedStream } from '../../shared/crypto/sealed-stream.ts';
import { BackupError, damaged } from './backup-error.ts';
import { type BackupKeys, openBackupKey } from './backup-key.ts';
import { type Frame, framesIn } from './frames.ts';
import { Manifest, PartEnd, PartHead } from './manifest.ts';

const MAX_LINE_BYTES = 4_096;

/** What reads a backup: each part begins, has content and ends, one after the other. */
export type Reader = {
  readonly begin: (head: PartHead) => Promise<void> | void;
  readonly content: (head: PartHead, content: Buffer) => Promise<void> | void;
  readonly end: (head: PartHead, end: PartEnd) => Promise<void> | void;
};
export type ReadOptions = {
  readonly keys: BackupKeys;
  readonly onProgress: (bytes: number, ofBytes: number) => void;
  readonly isStopping: () => boolean;
};

const parsed = <Schema extends z.ZodType>(schema: Schema, { content }: Frame): z.output<Schema> => {
  try {
    return schema.parse(JSON.parse(content.toString()));
  } catch (error) {
    throw damaged('what it says of itself cannot be read', error);
  }
};

/** The first line, and how long the file is. */
const readLine = async (path: string) => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_LINE_BYTES), 0, MAX_LINE_BYTES, 0);
    const end = buffer.subarray(0, bytesRead).indexOf('\n');
    return {
      line: buffer.toString('utf8', 0, Math.max(end, 0)),
      bodyAt: end + 1,
      bytes: (await stat(path)).size,
    };
  } finally {
    await file.close();
  }
};

/** Each part, and all of them together, against what the manifest says. */
const createTally = () => {
  const tables: Manifest['tables'] = [];
  const files = { count: 0, bytes: 0, hash: createHash('sha256') };
  return {
    add: (head: PartHead, end: PartEnd) => {
      if (head.kind === 'table') tables.push({ name: head.name, ...end });
      if (head.kind !== 'file') return;
      files.count += 1;
      files.bytes += end.bytes;
      files.hash.update(`${end.sha256} ${head.name}\n`);
    },
    fits: (manifest: Manifest) => {
      const sums = { count: files.count, bytes: files.bytes, sha256: files.hash.digest('hex') };
      const asSaid = tables.map(({ name, rows, bytes, sha256 }) => [name, rows, bytes, sha256]);
      return (
        JSON.stringify([asSaid, sums.count, sums.bytes, sums.sha256]) ===
        JSON.stringify([
          manifest.tables.map(({ name, rows, bytes, sha256 }) => [name, rows, bytes, sha256]),
          manifest.files.count,
          manifest.files.bytes,
          manifest.files.sha256,
        ])
      );
    },
  };
};

type Current = { head: PartHead; hash: Hash; bytes: number };

const readFrames = async (frames: AsyncIterable<Frame>, reader: Reader, isStopping: () => boolean) => {
  const tally = createTally();
  let current: Current | undefined;
  let manifest: Manifest | undefined;
  for await (const frame of frames) {
    if (isStopping()) throw new BackupError('Stopped. Nothing has been changed.');
    if (manifest) throw damaged('something follows its end');
    if (frame.kind === 'manifest') {
      manifest = parsed(Manifest, frame);
    } else if (frame.kind === 'begin') {
      if (current) throw damaged('a part of it has no end');
      current = { head: parsed(PartHead, frame), hash: createHash('sha256'), bytes: 0 };
      await reader.begin(current.head);
    } else if (!current) {
      throw damaged('a part of it has no beginning');
    } else if (frame.kind === 'content') {
      current.hash.update(frame.content);
      current.bytes += frame.content.length;
      await reader.content(current.head, frame.content);
    } else {
      const end = parsed(PartEnd, frame);
      if (end.bytes !== current.bytes || end.sha256 !== current.hash.digest('hex'))
        throw damaged('a part of it is not what was written');
      tally.add(current.head, end);
      await reader.end(current.head, end);
      current = undefined;
    }
  }
  if (!manifest || current || !tally.fits(manifest)) throw damaged('it has no proper end');
  return manifest;
};

const explained = (error: unknown): unknown => {
  if (error instanceof SealBroken) return damaged('it was cut off or changed', error);
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code?.startsWith('Z_') === true) return damaged('a part of it cannot be unpacked', error);
  return syscall === undefined
    ? error
    : new BackupError(`The backup cannot be read: ${message}`, { cause: error });
};

const nothing: Reader = { begin: () => undefined, content: () => undefined, end: () => undefined };

/** Reads a backup once, and answers its manifest. Only when it comes back was the backup whole: throws {@link BackupError} else. */
export const readBackup = async (
  path: string,
  { keys, onProgress, isStopping }: ReadOptions,
  reader: Reader = nothing,
): Promise<Manifest> => {
  try {
    const { line, bodyAt, bytes } = await readLine(path);
    const key = openBackupKey(line, keys);
    async function* body() {
      let read = bodyAt;
      for await (const chunk of createReadStream(path, { start: bodyAt, highWaterMark: 1024 * 1024 })) {
        read += (chunk as Buffer).length;
        onProgress(read, bytes);
        yield chunk as Buffer;
      }
    }
    return await readFrames(framesIn(decryptedStream(key, body())), reader, isStopping);
  } catch (error) {
    throw explained(error);
  }
};
