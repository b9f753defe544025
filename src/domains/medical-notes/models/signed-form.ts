import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../shared/utils/canonical-json.ts';
import type { NoteContent, Signature, StoredNote } from './note.ts';

export type Signed = Pick<StoredNote, 'id' | 'appointmentId' | 'doctorId' | 'kind' | 'addendumTo'> &
  Pick<Signature, 'signedBy' | 'signedAt'> & {
    readonly content: NoteContent;
    /** SHA-256 of each file that was attached when it was signed, in hexadecimal digits. */
    readonly attachments: readonly string[];
  };

/**
 * SHA-256, in hexadecimal digits, over what a signature stands for: JSON with sorted keys and no spaces, in UTF-8. The
 * patient is named by the appointment alone, so that two records of one person can be merged.
 */
export const contentHashOf = (signed: Signed): string => {
  const { id, appointmentId, doctorId, kind, addendumTo, signedBy, signedAt, content } = signed;
  const attachments = [...signed.attachments].sort();
  const form = { id, appointmentId, doctorId, kind, addendumTo, signedBy, signedAt, content, attachments };
  return createHash('sha256').update(canonicalJson(form)).digest('hex');
};
