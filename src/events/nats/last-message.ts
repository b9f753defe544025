import type { Live } from './connection.ts';

/** The sequence in the last message of a subject, and its number in the stream. */
export type Last = { readonly sequence: number; readonly at: number };

/** Both are 0 where the subject has no message, which is what the server expects of the first one. */
export const readLast = async ({ manager }: Live, stream: string, subject: string): Promise<Last> => {
  const message = await manager.streams.getMessage(stream, { last_by_subj: subject });
  if (!message) return { sequence: 0, at: 0 };
  return { sequence: message.json<{ sequence: number }>().sequence, at: message.seq };
};
