import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { Download, TextStream } from '../shared/types/file.ts';

/** RFC 6266: a name for old programs in ASCII, and the real one in UTF-8 (RFC 8187). */
const disposition = (name: string): string => {
  const ascii = name.normalize('NFKD').replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
};

/** Sends a file to be saved, not shown. If it breaks off, so does the connection: nobody takes half of it for all. */
export const sendFile = async (res: Response, file: Download): Promise<void> => {
  const content = await file.open();
  res.setHeader('Content-Type', file.mediaType);
  if (file.bytes !== undefined) res.setHeader('Content-Length', file.bytes);
  res.setHeader('Content-Disposition', disposition(file.name));
  res.setHeader('X-Content-Type-Options', 'nosniff');
  await pipeline(Readable.from(content), res);
};

async function* following<T>(first: IteratorResult<T, unknown>, rest: AsyncIterator<T>) {
  for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
}

/** Sends text while it is made. Until its first part is there, a failure is answered as any other; after that, the connection breaks off. */
export const sendText = async (
  res: Response,
  mediaType: string,
  { name, chunks }: TextStream,
): Promise<void> => {
  const rest = chunks[Symbol.asyncIterator]();
  const first = await rest.next();
  res.setHeader('Content-Type', `${mediaType}; charset=utf-8`);
  res.setHeader('Content-Disposition', disposition(name));
  res.setHeader('X-Content-Type-Options', 'nosniff');
  await pipeline(Readable.from(following(first, rest)), res);
};
