import { createHash, randomBytes } from 'node:crypto';
import type { Database, Db } from '../../../database/db.ts';
import type { SealedRow, SealedRows } from '../../../database/sealed-rows.ts';
import { KEY_BYTES, SealBroken } from '../../../shared/crypto/sealed-box.ts';
import { decryptedStream, encryptedStream } from '../../../shared/crypto/sealed-stream.ts';
import { FileMissing, type FileStore } from '../../../shared/files/file-store.ts';
import { newId } from '../../../shared/types/id.ts';
import { type AttachmentDescription, fileOf, storeKeyOf } from '../models/attachment.ts';
import {
  countAttachmentsOfOtherKeys,
  findAttachmentOfOtherKey,
  findDescriptionToChange,
  updateDescription,
} from '../repositories/sealed.repository.ts';
import type { AttachmentBox } from './attachment-box.ts';
import type { FileRemovals } from './file-removals.ts';

export type SealedAttachmentsDeps = {
  database: Database;
  files: FileStore;
  attachments: AttachmentBox;
  removals: FileRemovals;
};

/** The attachments for a rotation of keys: each file is encrypted anew beside the old one, which goes when nothing leads to it any more. */
export const sealedAttachments = (deps: SealedAttachmentsDeps): SealedRows => {
  const { database, files, attachments, removals } = deps;

  /** A copy under a new key. Throws where the file is gone, or is not what was attached. */
  const copyOf = async (tenantId: string, id: string, old: AttachmentDescription) => {
    const [file, key, hash] = [newId(), randomBytes(KEY_BYTES), createHash('sha256')];
    const content = decryptedStream(
      Buffer.from(old.key, 'base64'),
      await files.get(storeKeyOf(tenantId, fileOf(id, old))),
    );
    const checked = async function* () {
      for await (const chunk of content) {
        hash.update(chunk);
        yield chunk;
      }
      if (hash.digest('hex') !== old.sha256) throw new SealBroken(`The file of ${id} has been changed`);
    };
    await files.put(storeKeyOf(tenantId, file), encryptedStream(key, checked()));
    return { file, key: key.toString('base64') };
  };

  /** Whether the row was as it had been read: somebody may have removed it meanwhile. */
  const replace = (tenantId: string, { id, sealed }: SealedRow, old: AttachmentDescription, copy: object) =>
    database.transaction({ tenantId }, async (tx) => {
      const current = await findDescriptionToChange(tx, id);
      if (!current?.equals(sealed)) return false;
      const description = { ...old, ...copy };
      await updateDescription(tx, { id, sealed: await attachments.seal(tx, id, description) });
      if (description.file !== old.file) await removals.plan(tx, [fileOf(id, old)]);
      return true;
    });

  const resealOne = async (db: Db, row: SealedRow): Promise<void> => {
    const old = await attachments.open(db, row);
    const copy = await copyOf(db.tenantId, row.id, old);
    if (!(await replace(db.tenantId, row, old, copy))) await files.remove(storeKeyOf(db.tenantId, copy.file));
  };

  /** What is known of a file is sealed anew also where the file itself cannot be. */
  const resealDescription = async (db: Db, row: SealedRow): Promise<void> => {
    await replace(db.tenantId, row, await attachments.open(db, row), {});
  };

  return {
    what: 'attachments',
    count: async (db, key) => (await countAttachmentsOfOtherKeys(db, key))?.found ?? 0,
    reseal: async (tenantId, { key, after }) => {
      const db = database.read(tenantId);
      const row = await findAttachmentOfOtherKey(db, key, after);
      if (!row) return { done: 0, broken: [], after: undefined };
      try {
        await resealOne(db, row);
        return { done: 1, broken: [], after: row.id };
      } catch (error) {
        if (error instanceof FileMissing) await resealDescription(db, row);
        else if (!(error instanceof SealBroken)) throw error;
        return { done: 0, broken: [row.id], after: row.id };
      }
    },
  };
};
