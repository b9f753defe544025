import { PassThrough, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** A file in an archive; what is in it is made when its turn has come. */
export type ZipEntry = { readonly path: string; readonly content: AsyncIterable<Uint8Array> };

/**
 * A ZIP archive of `entries`, made while it is read: one entry at a time, no faster than the reader takes it, so that
 * nothing is ever held as a whole. Throws what an entry throws; then the archive has no end, and opens nowhere.
 */
export async function* zipStream(entries: AsyncIterable<ZipEntry>, mtime: Date): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream.pipe(new PassThrough());
  let current: Readable | undefined;

  const fill = async () => {
    for await (const { path, content } of entries) {
      current = Readable.from(content);
      zip.addReadStream(current, path, { mtime });
      await finished(current);
      // Whoever has stopped reading wants no more of it.
      if (output.destroyed) return;
    }
    zip.end();
  };

  output.on('close', () => current?.destroy());
  zip.on('error', (error: Error) => output.destroy(error));
  fill().catch((error: unknown) => output.destroy(error as Error));
  yield* output as AsyncIterable<Uint8Array>;
}
