import type { Db, Tx } from '../../../database/db.ts';
import type { Keyring } from '../../../database/keyring.ts';
import type { Attachment, AttachmentDescription, StoredAttachment } from '../models/attachment.ts';
import { listAttachments } from '../repositories/attachment.repository.ts';

export type AttachmentBox = ReturnType<typeof createAttachmentBox>;

const placeOf = (id: string) => ({ table: 'medical_note_attachments', column: 'description', id });

/** Seals what is known of attached files, and opens it. */
export const createAttachmentBox = (keyring: Keyring) => {
  const describe = async (db: Db, { id, sealed }: StoredAttachment): Promise<AttachmentDescription> =>
    JSON.parse((await keyring.open(db, sealed, placeOf(id))).toString()) as AttachmentDescription;

  const show = async (db: Db, stored: StoredAttachment): Promise<Attachment> => {
    const { name, sha256 } = await describe(db, stored);
    const { id, noteId, mediaType, bytes, signed, addedBy, createdAt } = stored;
    return { id, noteId, name, mediaType, bytes, sha256, signed, addedBy, createdAt };
  };

  return {
    describe,
    show,
    list: async (db: Db, noteId: string): Promise<Attachment[]> =>
      Promise.all((await listAttachments(db, noteId)).map((each) => show(db, each))),
    seal: (tx: Tx, id: string, description: AttachmentDescription) =>
      keyring.seal(tx, JSON.stringify(description), placeOf(id)),
  };
};
