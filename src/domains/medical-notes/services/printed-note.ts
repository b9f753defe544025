import { createRequire } from 'node:module';
import type { Addendum, MedicalNote, NoteContent, Signature } from '../models/note.ts';

/** DejaVu Sans writes Latin, Greek and Cyrillic with all their accents; only the letters used are put into the file. */
const require = createRequire(import.meta.url);
const REGULAR = require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
const BOLD = require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf');

const HEADINGS: Readonly<Record<keyof NoteContent, string>> = {
  subjective: 'Subjective',
  objective: 'Objective',
  assessment: 'Assessment',
  plan: 'Plan',
  text: 'Text',
};
const KINDS: Readonly<Record<MedicalNote['kind'], string>> = {
  soap: 'SOAP note',
  progress: 'Progress note',
  prescription: 'Prescription',
  referral: 'Referral',
};

/** What a printed note says beside what is in it. */
export type Letterhead = {
  readonly clinic: string;
  readonly doctor: string;
  readonly patient: string;
  /** On the wall clock of the visit, `2027-03-22T09:00`. */
  readonly visitAt: string;
};
type Printable = MedicalNote & { readonly content: NoteContent };

const instant = (date: Date) => date.toISOString().slice(0, 16).replace('T', ' ') + ' UTC';

/** A note with its addenda as a PDF in A4. */
export const printNote = async (note: Printable, head: Letterhead): Promise<Buffer> => {
  // Loaded by the first who prints: it would take a tenth of the time of a start.
  const { default: PDFDocument } = await import('pdfkit');
  const pdf = new PDFDocument({
    size: 'A4',
    margin: 56,
    bufferPages: true,
    info: { Title: KINDS[note.kind], Author: head.doctor, CreationDate: note.updatedAt },
  });
  const written: Buffer[] = [];
  pdf.on('data', (bytes: Buffer) => written.push(bytes));
  const finished = new Promise((resolve) => pdf.on('end', resolve));
  pdf.registerFont('regular', REGULAR).registerFont('bold', BOLD);

  const heading = (text: string, points = 11) => pdf.moveDown(0.8).font('bold', points).text(text);
  const line = (text: string, points = 10) => pdf.font('regular', points).text(text);
  const signedLine = (what: string, { signedBy, signedAt, contentHash }: Signature) =>
    line(`${what} ${instant(signedAt)} by user ${signedBy}\nSHA-256 ${contentHash}`, 8);
  const content = (parts: NoteContent) => {
    for (const part of Object.keys(HEADINGS) as (keyof NoteContent)[]) {
      const text = parts[part];
      if (text === undefined || text.trim() === '') continue;
      heading(HEADINGS[part]);
      line(text);
    }
  };
  const addendum = (added: Addendum, index: number) => {
    heading(`Addendum ${index + 1}`, 12);
    content(added.content ?? {});
    pdf.moveDown(0.5);
    signedLine('Signed', added.signature);
  };

  pdf.font('bold', 16).text(head.clinic);
  heading(KINDS[note.kind], 13);
  line(`Patient: ${head.patient}\nDoctor: ${head.doctor}\nVisit: ${head.visitAt.replace('T', ' ')}`);
  content(note.content);
  pdf.moveDown();
  if (note.signature) signedLine('Signed', note.signature);
  else pdf.font('bold', 10).text('Draft: not signed');
  for (const coSignature of note.coSignatures) signedLine('Co-signed', coSignature);
  note.addenda.forEach(addendum);

  const { start, count } = pdf.bufferedPageRange();
  for (let page = start; page < start + count; page++) {
    pdf.switchToPage(page);
    pdf.page.margins.bottom = 0; // Below the text: otherwise the line would begin a new page.
    pdf.font('regular', 8).text(`Note ${note.id} · page ${page + 1} of ${count}`, 56, pdf.page.height - 40, {
      align: 'center',
      lineBreak: false,
      width: pdf.page.width - 112,
    });
  }
  pdf.end();
  await finished;
  return Buffer.concat(written);
};
