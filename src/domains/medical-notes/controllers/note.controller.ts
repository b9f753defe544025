import type { Ctx } from '../../../shared/types/context.ts';
import type { NoteService } from '../services/note.service.ts';
import type { SigningService } from '../services/signing.service.ts';
import type { AddAddendum, CreateNote, ListNotes, UpdateNote } from '../validators/note.ts';

type One = { params: { id: string } };
type Change = One & { ifMatch: number | undefined };

export const createNoteController = (notes: NoteService, signing: SigningService) => ({
  create: (ctx: Ctx, { body }: { body: CreateNote }) => notes.create(ctx, body),
  list: (ctx: Ctx, { query }: { query: ListNotes }) => notes.list(ctx, query),
  get: (ctx: Ctx, { params }: One) => notes.get(ctx, params.id),
  update: (ctx: Ctx, { params, body, ifMatch }: Change & { body: UpdateNote }) =>
    notes.update(ctx, params.id, body, ifMatch),
  remove: (ctx: Ctx, { params, ifMatch }: Change) => notes.remove(ctx, params.id, ifMatch),
  sign: (ctx: Ctx, { params, ifMatch }: Change) => signing.sign(ctx, params.id, ifMatch),
  add: (ctx: Ctx, { params, body }: One & { body: AddAddendum }) => signing.add(ctx, params.id, body.content),
  coSign: (ctx: Ctx, { params }: One) => signing.coSign(ctx, params.id),
});
export type NoteController = ReturnType<typeof createNoteController>;
