import { Readable } from 'node:stream';
import type { Database, Tx } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Download } from '../../../shared/types/file.ts';
import type { DoctorsPort } from '../../doctors/index.ts';
import type { PatientsPort } from '../../patients/index.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import type { StoredNote } from '../models/note.ts';
import { type Letterhead, printNote } from './printed-note.ts';
import { findNote } from '../repositories/note.repository.ts';
import type { NoteBox } from './note-box.ts';
import type { NoteJournal } from './note-journal.ts';
import { demandReading, demandSight, type Treats } from './note-sight.ts';

export type PrintServiceDeps = {
  database: Database;
  box: NoteBox;
  journal: NoteJournal;
  treats: Treats;
  tenants: Pick<TenantsPort, 'findById'>;
  patients: Pick<PatientsPort, 'find'>;
  doctors: Pick<DoctorsPort, 'visitNames'>;
  /** The wall clock of a visit, whoever asks. */
  localStartOf: (tx: Tx, appointmentId: string) => Promise<string | undefined>;
};
export type PrintService = ReturnType<typeof createPrintService>;

export const createPrintService = (deps: PrintServiceDeps) => {
  const { database, box, journal, treats, tenants, patients, doctors, localStartOf } = deps;

  const letterhead = async (
    tx: Tx,
    { patientId, doctorId, appointmentId }: StoredNote,
  ): Promise<Letterhead> => {
    const patient = await patients.find(tx, patientId);
    const names = await doctors.visitNames(tx, { doctorIds: [doctorId], serviceIds: [], locationIds: [] });
    return {
      clinic: (await tenants.findById(tx.tenantId))?.name ?? '',
      doctor: names.doctors.get(doctorId) ?? '',
      patient: patient
        ? `${patient.firstName} ${patient.lastName}, ${patient.dateOfBirth ?? 'date of birth unknown'}, ${patient.medicalRecordNumber}`
        : '',
      visitAt: (await localStartOf(tx, appointmentId)) ?? '',
    };
  };

  return {
    /** The note as a PDF, for those who may read it. */
    print: async (ctx: Ctx, id: string): Promise<Download> => {
      const [note, head] = await database.transaction(ctx, async (tx) => {
        const { note: found } = demandReading(await demandSight(tx, ctx, await findNote(tx, id), treats));
        await journal.record(tx, ctx, 'printed', found);
        return [await box.show(tx, found, true), await letterhead(tx, found)] as const;
      });
      const pdf = await printNote({ ...note, content: note.content ?? {} }, head);
      return {
        name: `${note.kind}-${head.visitAt.slice(0, 10)}.pdf`,
        mediaType: 'application/pdf',
        bytes: pdf.length,
        tag: String(note.version),
        open: () => Promise.resolve(Readable.from([pdf])),
      };
    },
  };
};
