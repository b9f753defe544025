import type { Database } from '../../../database/db.ts';
import type { Keyring } from '../../../database/keyring.ts';
import { type SealedRows, sealedRows } from '../../../database/sealed-rows.ts';
import { NoteContent, textOf } from '../models/note.ts';
import {
  countNotesOfOtherKeys,
  listNotesOfOtherKeys,
  updateSealedNote,
} from '../repositories/sealed.repository.ts';
import { lockNote, unlockNote } from '../repositories/signature.repository.ts';
import { placeOfNote } from './note-box.ts';

/** The notes for a rotation of keys: what is written, and the words by which it is found. What was signed stays the same. */
export const sealedNotes = (deps: { database: Database; keyring: Keyring }): SealedRows =>
  sealedRows(deps, {
    what: 'notes',
    place: placeOfNote,
    count: countNotesOfOtherKeys,
    list: listNotesOfOtherKeys,
    write: async (tx, row, opened) => {
      const content = NoteContent.parse(JSON.parse(opened.toString()));
      const words = await deps.keyring.index(tx, textOf(content));
      const wasLocked = await unlockNote(tx, row.id);
      await updateSealedNote(tx, row, words);
      if (wasLocked) await lockNote(tx, row.id);
    },
  });
