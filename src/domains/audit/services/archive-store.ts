import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { newId } from '../../../shared/types/id.ts';
import { type ArchiveContents, ArchiveDamaged, readLines } from '../models/archive-file.ts';
import { ExplainedError } from '../../../shared/utils/explained-error.ts';

export type ArchiveFile = ArchiveContents & { readonly bytes: number; readonly sha256: Buffer };

/** The file cannot be written or read; the message says why. */
export class ArchiveError extends ExplainedError {}

const digestOf = async (path: string) => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest() };
};

/** Only `\n` ends a line: JSON leaves other characters that readline takes for ends as they are. */
async function* linesIn(path: string): AsyncGenerator<string, undefined> {
  const text = createGunzip().setEncoding('utf8');
  // What goes wrong is told by `text`, which is read here.
  const unpacked = pipeline(createReadStream(path), text).catch(() => undefined);
  let rest = '';
  try {
    for await (const chunk of text as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    throw new ArchiveDamaged(0, `The file cannot be unpacked: ${(error as Error).message}`);
  } finally {
    text.destroy();
    await unpacked;
  }
  if (rest !== '') throw new ArchiveDamaged(0, 'The last line of the file has no end.');
}

/** What a file holds, once it is known to be whole in itself. */
export const readArchiveFile = async (path: string): Promise<ArchiveFile> => {
  const digest = await digestOf(path).catch((error: unknown) => {
    throw new ArchiveError(`The archive cannot be read: ${(error as Error).message}`);
  });
  const lines = linesIn(path);
  try {
    return { ...(await readLines(lines)), ...digest };
  } finally {
    await lines.return(undefined);
  }
};

const sync = async (path: string) => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Writes a file, reads it again from the disk, and gives it its name only once `check` has found nothing wrong. */
export const writeArchiveFile = async (
  path: string,
  lines: AsyncIterable<string>,
  check: (file: ArchiveFile) => void,
): Promise<ArchiveFile> => {
  const part = `${path}.${newId()}.part`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await pipeline(
      Readable.from(lines),
      createGzip(),
      createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true }),
    );
    await sync(part);
    const file = await readArchiveFile(part);
    check(file);
    const there = await digestOf(path).catch(() => undefined);
    if (there && !there.sha256.equals(file.sha256))
      throw new ArchiveError(`${path} is there already, and says something else. Name another folder.`);
    await rename(part, path);
    await sync(dirname(path));
    return file;
  } catch (error) {
    if ('syscall' in (error as object))
      throw new ArchiveError(`The archive cannot be written: ${(error as Error).message}`);
    throw error;
  } finally {
    // Where this fails, the reason why there is no file says more.
    await rm(part, { force: true }).catch(() => undefined);
  }
};
