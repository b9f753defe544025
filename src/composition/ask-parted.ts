import { exportSourceOf } from '../domains/medical-notes/index.ts';
import type { Answers, StreamAnswers } from '../shared/ports/port.ts';
import type { Messages, Notes } from './parted.ts';
import type { NotesPort, NotificationsPort } from './ports/parted-ports.ts';

/** Medical notes where they run in another process. */
export const askNotes = (ask: Answers<NotesPort>, streams: StreamAnswers<NotesPort>): Notes => ({
  count: ({ tenantId }, patientId) => ask.count({ tenantId, patientId }),
  ids: ({ tenantId }, patientId) => ask.ids({ tenantId, patientId }),
  // Before the commit of the erasure: should that fail, the notes are gone whose retention has ended, and the erasure is asked for again.
  forget: (_tx, ctx, patientId) => ask.forget({ ctx, patientId }),
  // They hear of a merge by its event, which commits with the merge and so cannot be lost.
  movers: [],
  timelineOf: (_db, ctx, patientId, { before, limit }) =>
    ask.timeline({ ctx, patientId, before: before ? [before[0], before[1]] : null, limit }),
  exportOf: exportSourceOf({
    plan: async (_db, ctx, patientId) => {
      const { audited, ...plan } = await ask.exportPlan({ ctx, patientId });
      return { ...plan, ...(audited && { audited }) };
    },
    files: async function* (tenantId, noteIds, withContent) {
      for (const noteId of noteIds) {
        const note = { tenantId, noteId, withContent };
        for (const path of await ask.filesOfNote(note)) {
          yield { path, content: bytesOf(() => streams.fileOfNote({ ...note, path })) };
        }
      }
    },
  }),
});

/** Asked for when it is read. */
async function* bytesOf(open: () => Promise<AsyncIterable<Uint8Array>>): AsyncGenerator<Buffer> {
  for await (const bytes of await open()) yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Notifications where they run in another process. */
export const askMessages = (ask: Answers<NotificationsPort>): Messages => ({
  preferencesOf: ({ tenantId }, userId) => ask.preferences({ tenantId, userId }),
  notificationsOf: (tenantId, userId, after) => ask.notifications({ tenantId, userId, after: after ?? null }),
});
