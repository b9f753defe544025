import type { Db, Tx } from '../../../database/db.ts';
import type { Keyring } from '../../../database/keyring.ts';
import { type Addendum, type MedicalNote, NoteContent, type StoredNote, textOf } from '../models/note.ts';
import { listAddenda } from '../repositories/note.repository.ts';
import { listCoSignatures } from '../repositories/signature.repository.ts';

export type NoteBox = ReturnType<typeof createNoteBox>;

export const placeOfNote = (id: string) => ({ table: 'medical_notes', column: 'content', id });

/** Seals what is written in notes, and opens it for those who may read it. */
export const createNoteBox = (keyring: Keyring) => {
  const open = async (db: Db, { id, sealed }: Pick<StoredNote, 'id' | 'sealed'>): Promise<NoteContent> =>
    NoteContent.parse(JSON.parse((await keyring.open(db, sealed, placeOfNote(id))).toString()));

  const toAddendum = async (db: Db, note: StoredNote, withContent: boolean): Promise<Addendum> => {
    const { id, signature, createdAt } = note;
    if (signature === null) throw new Error(`The addendum ${id} is not signed`);
    return { id, content: withContent ? await open(db, note) : null, signature, createdAt };
  };

  /** Notes as they are shown, with all that belongs to them. */
  const showAll = async (
    db: Db,
    notes: readonly StoredNote[],
    withContent: boolean,
  ): Promise<MedicalNote[]> => {
    const ids = notes.map(({ id }) => id);
    const addenda = await listAddenda(db, ids);
    const coSignatures = await listCoSignatures(db, ids);

    const showOne = async (note: StoredNote): Promise<MedicalNote> => {
      const { id, kind, sealed, addendumTo, ...shown } = note;
      if (kind === 'addendum') throw new Error(`${id} is an addendum to ${String(addendumTo)}`);
      const own = addenda.filter((each) => each.addendumTo === id);
      return {
        ...shown,
        id,
        kind,
        status: shown.signature ? 'signed' : 'draft',
        content: withContent ? await open(db, { id, sealed }) : null,
        coSignatures: coSignatures.get(id) ?? [],
        addenda: await Promise.all(own.map((each) => toAddendum(db, each, withContent))),
      };
    };
    return Promise.all(notes.map(showOne));
  };

  return {
    open,
    showAll,
    show: async (db: Db, note: StoredNote, withContent: boolean): Promise<MedicalNote> => {
      const [shown] = await showAll(db, [note], withContent);
      if (!shown) throw new Error('One note was shown as none');
      return shown;
    },
    toAddendum,
    /** What is stored of a content: sealed, and as words to search by. */
    seal: async (tx: Tx, id: string, content: NoteContent) => ({
      sealed: await keyring.seal(tx, JSON.stringify(content), placeOfNote(id)),
      words: await keyring.index(tx, textOf(content)),
    }),
  };
};
