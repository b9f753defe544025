import type { Db, Tx } from '../../../database/db.ts';
import type { Keyring } from '../../../database/keyring.ts';
import { decryptedStream } from '../../../shared/crypto/sealed-stream.ts';
import { FileMissing, type FileStore } from '../../../shared/files/file-store.ts';
import {
  type Attachment,
  type AttachmentDescription,
  fileOf,
  storeKeyOf,
  type StoredAttachment,
} from '../models/attachment.ts';
import { listAttachments } from '../repositories/attachment.repository.ts';
import { findDescription } from '../repositories/sealed.repository.ts';

export type AttachmentBox = ReturnType<typeof createAttachmentBox>;

const placeOf = (id: string) => ({ table: 'medical_note_attachments', column: 'description', id });

/** Seals what is known of attached files, and opens it. */
export const createAttachmentBox = (keyring: Keyring, files: FileStore) => {
  const describe = async (
    db: Db,
    { id, sealed }: Pick<StoredAttachment, 'id' | 'sealed'>,
  ): Promise<AttachmentDescription> =>
    JSON.parse((await keyring.open(db, sealed, placeOf(id))).toString()) as AttachmentDescription;

  const show = async (db: Db, stored: StoredAttachment): Promise<Attachment> => {
    const { name, sha256 } = await describe(db, stored);
    const { id, noteId, mediaType, bytes, signed, addedBy, createdAt } = stored;
    return { id, noteId, name, mediaType, bytes, sha256, signed, addedBy, createdAt };
  };

  const openFile = async (db: Db, id: string, description: AttachmentDescription) => {
    const encrypted = await files.get(storeKeyOf(db.tenantId, fileOf(id, description)));
    return decryptedStream(Buffer.from(description.key, 'base64'), encrypted);
  };

  return {
    open: describe,
    /** What is in the file. It may have got another key and another name since `description` was read. */
    content: async (db: Db, id: string, description: AttachmentDescription) => {
      try {
        return await openFile(db, id, description);
      } catch (error) {
        const sealed = error instanceof FileMissing ? await findDescription(db, id) : undefined;
        const current = sealed && (await describe(db, { id, sealed }));
        if (!current || current.file === description.file) throw error;
        return openFile(db, id, current);
      }
    },
    show,
    list: async (db: Db, noteId: string): Promise<Attachment[]> =>
      Promise.all((await listAttachments(db, noteId)).map((each) => show(db, each))),
    seal: (tx: Tx, id: string, description: AttachmentDescription) =>
      keyring.seal(tx, JSON.stringify(description), placeOf(id)),
  };
};
