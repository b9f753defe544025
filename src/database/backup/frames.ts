import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import { damaged } from './backup-error.ts';

/**
 * What is inside the encryption: frames of one letter, the length of what follows (4 bytes), and that. A part of the backup is
 * a beginning, its content and an end; the manifest is the last frame.
 */
export type Frame =
  /** JSON: what begins. */
  | { readonly kind: 'begin'; readonly content: Buffer }
  | { readonly kind: 'content'; readonly content: Buffer }
  /** JSON: what has ended, and the sum of it. */
  | { readonly kind: 'end'; readonly content: Buffer }
  | { readonly kind: 'manifest'; readonly content: Buffer };

const LETTERS = { begin: 'B', plain: 'P', packed: 'Z', end: 'E', manifest: 'M' } as const;
const HEAD_BYTES = 5;
const MAX_FRAME_BYTES = 1024 * 1024 * 1024;
const [pack, unpack] = [promisify(gzip), promisify(gunzip)];

const frame = (letter: string, content: Buffer): Buffer => {
  const head = Buffer.alloc(HEAD_BYTES, letter);
  head.writeUInt32BE(content.length, 1);
  return Buffer.concat([head, content]);
};

export const beginFrame = (what: unknown) => frame(LETTERS.begin, Buffer.from(JSON.stringify(what)));
export const endFrame = (what: unknown) => frame(LETTERS.end, Buffer.from(JSON.stringify(what)));
export const manifestFrame = (what: unknown) => frame(LETTERS.manifest, Buffer.from(JSON.stringify(what)));
/** For what does not get smaller, because it is encrypted. */
export const plainFrame = (content: Buffer) => frame(LETTERS.plain, content);
export const packedFrame = async (content: Buffer) =>
  frame(LETTERS.packed, await pack(content, { level: constants.Z_BEST_SPEED }));

const opened = async (letter: string, content: Buffer): Promise<Frame> => {
  switch (letter) {
    case LETTERS.begin:
      return { kind: 'begin', content };
    case LETTERS.plain:
      return { kind: 'content', content };
    case LETTERS.packed:
      return { kind: 'content', content: await unpack(content, { maxOutputLength: MAX_FRAME_BYTES }) };
    case LETTERS.end:
      return { kind: 'end', content };
    case LETTERS.manifest:
      return { kind: 'manifest', content };
    default:
      throw damaged(`it holds something unknown ("${letter}")`);
  }
};

/** Takes a stream apart, holding one frame at a time. */
export async function* framesIn(source: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let wanted = HEAD_BYTES;
  for await (const chunk of source) {
    chunks.push(chunk);
    bytes += chunk.length;
    while (bytes >= wanted) {
      const waiting = Buffer.concat(chunks, bytes);
      chunks = [waiting];
      wanted = HEAD_BYTES + waiting.readUInt32BE(1);
      if (bytes < wanted) break;
      yield await opened(waiting.toString('latin1', 0, 1), waiting.subarray(HEAD_BYTES, wanted));
      chunks = [waiting.subarray(wanted)];
      bytes -= wanted;
      wanted = HEAD_BYTES;
    }
  }
  if (bytes > 0) throw damaged('it ends in the middle of something');
}
