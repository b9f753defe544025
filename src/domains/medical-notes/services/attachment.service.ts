import { createHash } from 'node:crypto';
import type { Database, Tx } from '../../../database/db.ts';
import type { FileStore } from '../../../shared/files/file-store.ts';
import type { Ctx, RequestCtx } from '../../../shared/types/context.ts';
import type { Download, IncomingFile } from '../../../shared/types/file.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import {
  type Attachment,
  fileOf,
  type LinkedAttachment,
  storeKeyOf,
  type StoredAttachment,
} from '../models/attachment.ts';
import type { DownloadLinks } from '../models/download-link.ts';
import { medicalNoteProblems } from '../problems.ts';
import { deleteAttachment, findAttachment, insertAttachment } from '../repositories/attachment.repository.ts';
import { findNote, findNoteToChange } from '../repositories/note.repository.ts';
import type { AttachmentBox } from './attachment-box.ts';
import type { FileRemovals } from './file-removals.ts';
import { takeFile } from './file-intake.ts';
import type { NoteJournal } from './note-journal.ts';
import { demandAuthor, demandDraft, demandReading, demandSight, type Treats } from './note-sight.ts';

export type AttachmentServiceDeps = {
  database: Database;
  clock: Clock;
  logger: Logger;
  files: FileStore;
  config: { readonly publicUrl: string; readonly files: { readonly maxBytes: number } };
  attachments: AttachmentBox;
  removals: FileRemovals;
  links: DownloadLinks;
  journal: NoteJournal;
  treats: Treats;
};
export type AttachmentService = ReturnType<typeof createAttachmentService>;

/** A repetition with the same `Idempotency-Key` has to bring the same file. */
const alsoOf = (ctx: Ctx, name: string, sha256: string): Ctx => {
  if (!ctx.idempotency) return ctx;
  const hash = createHash('sha256').update(ctx.idempotency.fingerprint).update(`${sha256} ${name}`);
  return { ...ctx, idempotency: { ...ctx.idempotency, fingerprint: hash.digest() } };
};

/** The verbs of files that belong to a note. */
export const createAttachmentService = (deps: AttachmentServiceDeps) => {
  const { database, clock, logger, files, config, attachments, removals, links, journal, treats } = deps;

  /** A file that stays although nobody knows its key any more is only a waste of room. */
  const discard = async (tenantId: string, id: string) => {
    try {
      await files.remove(storeKeyOf(tenantId, id));
    } catch (error) {
      logger.warn({ err: error, attachmentId: id }, 'The file of a refused attachment is still there');
    }
  };

  const findOf = async (tx: Tx, noteId: string, id: string): Promise<StoredAttachment> => {
    const found = await findAttachment(tx, id);
    if (found?.noteId !== noteId) throw new AppError(medicalNoteProblems.attachment_not_found);
    return found;
  };

  return {
    /** To a note of one's own, signed or not; what comes after the signature is not part of it. */
    add: async (ctx: Ctx, noteId: string, file: IncomingFile): Promise<Attachment> => {
      const db = database.read(ctx.tenantId);
      const seen = await demandSight(db, ctx, await findNote(db, noteId), treats);
      demandAuthor(ctx, seen.note);
      const id = newId();
      const taken = await takeFile(
        { files, maxBytes: config.files.maxBytes },
        storeKeyOf(ctx.tenantId, id),
        file,
      );
      const { name, sha256, key, mediaType, bytes } = taken;
      try {
        return await database.transaction(alsoOf(ctx, name, sha256), async (tx) => {
          const { note } = await demandSight(tx, ctx, await findNoteToChange(tx, noteId), treats);
          const sealed = await attachments.seal(tx, id, { name, sha256, key });
          const createdAt = clock.now();
          const stored = {
            id,
            noteId,
            mediaType,
            bytes,
            signed: false,
            addedBy: ctx.userId,
            createdAt,
            sealed,
          };
          await insertAttachment(tx, stored);
          await journal.announce(tx, ctx, 'attachment_added', note, { attachmentId: id });
          return attachments.show(tx, stored);
        });
      } catch (error) {
        await discard(ctx.tenantId, id);
        throw error;
      }
    },

    list: (ctx: Ctx, noteId: string): Promise<{ data: Attachment[] }> =>
      database.transaction(ctx, async (tx) => {
        const { note } = demandReading(await demandSight(tx, ctx, await findNote(tx, noteId), treats));
        await journal.record(tx, ctx, 'attachments_listed', note);
        return { data: await attachments.list(tx, noteId) };
      }),

    /** With a link that opens the file for a few minutes. */
    get: (ctx: Ctx, noteId: string, id: string): Promise<LinkedAttachment> =>
      database.transaction(ctx, async (tx) => {
        const { note } = demandReading(await demandSight(tx, ctx, await findNote(tx, noteId), treats));
        const stored = await findOf(tx, noteId, id);
        await journal.record(tx, ctx, 'attachment_linked', note, { attachmentId: id });
        const expiresAt = links.expiryFrom(clock.now());
        const { tenantId, userId } = ctx;
        const secret = links.secretOf({ tenantId, attachmentId: id, userId, expiresAt });
        return {
          ...(await attachments.show(tx, stored)),
          downloadUrl: `${config.publicUrl}/api/v1/files/${secret}`,
          downloadUrlExpiresAt: expiresAt,
        };
      }),

    /** From a draft: a signed note keeps what it has. */
    remove: (ctx: Ctx, noteId: string, id: string): Promise<void> =>
      database.transaction(ctx, async (tx) => {
        const { note } = await demandSight(tx, ctx, await findNoteToChange(tx, noteId), treats);
        demandAuthor(ctx, note);
        const stored = await findOf(tx, noteId, id);
        demandDraft(note);
        await removals.plan(tx, [fileOf(id, await attachments.open(tx, stored))]);
        await deleteAttachment(tx, id);
        await journal.announce(tx, ctx, 'attachment_removed', note, { attachmentId: id });
      }),

    /** What a link opens: 404 for one that was not made here, 410 for one that has expired. */
    download: async (ctx: RequestCtx, secret: string): Promise<Download> => {
      const link = links.read(secret);
      if (!link) throw new AppError(medicalNoteProblems.file_not_found);
      if (link.expiresAt <= clock.now()) throw new AppError(medicalNoteProblems.download_expired);
      const { tenantId, userId, attachmentId } = link;
      return database.transaction({ tenantId }, async (tx) => {
        const stored = await findAttachment(tx, attachmentId);
        const note = stored && (await findNote(tx, stored.noteId));
        if (!stored || !note) throw new AppError(medicalNoteProblems.file_not_found);
        await journal.record(tx, { ...ctx, tenantId, userId }, 'attachment_downloaded', note, {
          attachmentId,
        });
        const description = await attachments.open(tx, stored);
        const { name, sha256 } = description;
        return {
          name,
          mediaType: stored.mediaType,
          bytes: stored.bytes,
          tag: sha256.slice(0, 32),
          open: () => attachments.content(database.read(tenantId), attachmentId, description),
        };
      });
    },
  };
};
