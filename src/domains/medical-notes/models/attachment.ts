import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

/** What may be attached, by what is in the file: its name proves nothing. */
export const attachmentTypes = ['application/pdf', 'image/png', 'image/jpeg', 'application/dicom'] as const;
const AttachmentType = z.enum(attachmentTypes);
export type AttachmentType = z.output<typeof AttachmentType>;

/** A file that belongs to a note. */
export const Attachment = z
  .object({
    id: Id,
    noteId: Id,
    name: z.string().meta({ example: 'x-ray.png' }),
    mediaType: AttachmentType,
    bytes: z.int().meta({ example: 48213 }),
    sha256: z.string().meta({ example: 'b'.repeat(64) }),
    /** Whether it was there when the note was signed: then the signature covers it. */
    signed: z.boolean(),
    addedBy: Id,
    createdAt: Instant,
  })
  .meta({ id: 'Attachment' });
export type Attachment = z.output<typeof Attachment>;

/** With an address from which it can be downloaded for a few minutes, by whoever has the address. */
export const LinkedAttachment = Attachment.extend({
  downloadUrl: z.url().meta({ example: 'https://clinics.example/api/v1/files/AZiYb2xs' }),
  downloadUrlExpiresAt: Instant,
}).meta({ id: 'LinkedAttachment' });
export type LinkedAttachment = z.output<typeof LinkedAttachment>;

/** What is sealed of an attachment. */
export type AttachmentDescription = {
  readonly name: string;
  readonly sha256: string;
  readonly key: string;
  /** What its file is called in the store, where that is not the id of the attachment. */
  readonly file?: string;
};
export const fileOf = (id: string, { file }: Pick<AttachmentDescription, 'file'>): string => file ?? id;
export type StoredAttachment = Omit<Attachment, 'name' | 'sha256'> & { readonly sealed: Buffer };

/** Under which a file is kept. */
export const storeKeyOf = (tenantId: string, file: string): string => `${tenantId}/${file}`;

/** How each type begins; DICOM's mark comes behind a preamble of 128 bytes (PS3.10, section 7.1). */
const MARKS: readonly (readonly [AttachmentType, at: number, mark: Buffer])[] = [
  ['application/pdf', 0, Buffer.from('%PDF-')],
  ['image/png', 0, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
  ['image/jpeg', 0, Buffer.from([0xff, 0xd8, 0xff])],
  ['application/dicom', 128, Buffer.from('DICM')],
];
/** As many bytes as it takes to tell the types apart. */
export const HEAD_BYTES = 132;

/** The type of a file that begins with `head`; nothing for any other file. */
export const typeOf = (head: Buffer): AttachmentType | undefined =>
  MARKS.find(([, at, mark]) => head.subarray(at, at + mark.length).equals(mark))?.[0];

const MAX_NAME_CHARACTERS = 200;

/** The last part of a name, without what no file system shows: nothing in it leads anywhere. */
export const safeName = (name: string): string => {
  const last = name.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const shown = Array.from(last.replaceAll(/[\p{C}<>:"|?*]/gu, ''))
    .slice(0, MAX_NAME_CHARACTERS)
    .join('')
    .trim();
  return /^\.*$/.test(shown) ? 'attachment' : shown;
};
