import { z } from 'zod';

/** A file that somebody sends, as it comes in; 422 when it breaks off. Its name is what they call it, and may be anything. */
export type IncomingFile = { readonly name: string; readonly content: AsyncIterable<Buffer> };

/** A file that is sent to somebody. It is not opened for those who have it already. */
export type Download = {
  readonly name: string;
  readonly mediaType: string;
  /** Not known of a file that is made while it is sent. */
  readonly bytes?: number;
  /** Another one for every other content; of letters, digits, `-` and `_`. */
  readonly tag: string;
  open(): Promise<AsyncIterable<Uint8Array>>;
};

/** The answer of a route that sends a file. */
export const FileBytes: z.ZodType<Download> = z.any().meta({ type: 'string', format: 'binary', example: '' });

/** Text of any length, sent while it is made. `name` is that of the file that it becomes where somebody saves it. */
export type TextStream = { readonly name: string; readonly chunks: AsyncIterable<string> };
