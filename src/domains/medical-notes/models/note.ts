import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

const MAX_CHARACTERS = 20_000;
const part = () => z.string().max(MAX_CHARACTERS).optional();

/** What is written in a note. SOAP notes use the first four parts, others the text; none is refused where it is not usual. */
export const NoteContent = z
  .strictObject({ subjective: part(), objective: part(), assessment: part(), plan: part(), text: part() })
  .meta({
    id: 'NoteContent',
    example: {
      subjective: 'Headache since Monday',
      objective: 'BP 120/80',
      assessment: 'Tension headache',
      plan: 'Rest',
    },
  });
export type NoteContent = z.output<typeof NoteContent>;

export const NoteKind = z.enum(['soap', 'progress', 'prescription', 'referral']);
export type NoteKind = z.output<typeof NoteKind>;

export const NoteStatus = z.enum(['draft', 'signed']);

/** Who signed, when, and the SHA-256 of what they signed, in hexadecimal digits. */
export const Signature = z
  .object({ signedBy: Id, signedAt: Instant, contentHash: z.string().meta({ example: 'a'.repeat(64) }) })
  .meta({ id: 'Signature' });
export type Signature = z.output<typeof Signature>;

const CoSignature = Signature.extend({ doctorId: Id }).meta({ id: 'CoSignature' });
export type CoSignature = z.output<typeof CoSignature>;

/** Null for those who may know that there is a note, and not what it says. */
const ShownContent = NoteContent.nullable();

export const Addendum = z
  .object({ id: Id, content: ShownContent, signature: Signature, createdAt: Instant })
  .meta({ id: 'Addendum' });
export type Addendum = z.output<typeof Addendum>;

/** What a doctor wrote about a visit. */
export const MedicalNote = z
  .object({
    id: Id,
    appointmentId: Id,
    patientId: Id,
    doctorId: Id,
    kind: NoteKind,
    status: NoteStatus,
    content: ShownContent,
    signature: Signature.nullable(),
    coSignatures: z.array(CoSignature),
    addenda: z.array(Addendum),
    version: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'MedicalNote' });
export type MedicalNote = z.output<typeof MedicalNote>;

/** A note as it is kept: what was written is sealed. */
export type StoredNote = Omit<MedicalNote, 'kind' | 'status' | 'content' | 'coSignatures' | 'addenda'> & {
  readonly kind: NoteKind | 'addendum';
  readonly addendumTo: string | null;
  readonly sealed: Buffer;
};

export const isEmpty = (content: NoteContent): boolean =>
  Object.values(content).every((text) => text === undefined || text.trim() === '');

/** All that is written, to be searched. */
export const textOf = (content: NoteContent): string => Object.values(content).join('\n');
