import type { AuditTrail } from '../../database/audit.ts';
import type { Database, Db, Tx } from '../../database/db.ts';
import type { Keyring } from '../../database/keyring.ts';
import type { SealedRows } from '../../database/sealed-rows.ts';
import type { Outbox } from '../../database/outbox.ts';
import type { Ctx } from '../../shared/types/context.ts';
import type { Config } from '../../shared/config/config.ts';
import type { FileStore } from '../../shared/files/file-store.ts';
import type { Clock } from '../../shared/utils/clock.ts';
import type { Logger } from '../../shared/utils/logger.ts';
import type { RouteGroup } from '../../shared/utils/route.ts';
import type { ExportSource, TimelineEntry, TimelinePage } from '../patients/index.ts';
import {
  countNotes,
  listNoteIds,
  listNotesOfTimeline,
  moveNotes,
} from './repositories/patient-notes.repository.ts';
import { createAttachmentController } from './controllers/attachment.controller.ts';
import { createNoteController } from './controllers/note.controller.ts';
import { createTemplateController } from './controllers/template.controller.ts';
import { createDownloadLinks } from './models/download-link.ts';
import { attachmentRoutes } from './routes/attachment.routes.ts';
import { noteRoutes } from './routes/note.routes.ts';
import { templateRoutes } from './routes/template.routes.ts';
import { createAttachmentBox } from './services/attachment-box.ts';
import { createAttachmentService } from './services/attachment.service.ts';
import { createFileRemovals } from './services/file-removals.ts';
import { createFolderRemovals, type FolderRemovals } from './services/folder-removals.ts';
import { createNoteBox } from './services/note-box.ts';
import { createNoteExport, exportSourceOf, type NoteExport } from './services/note-export.ts';
import { createNoteJournal } from './services/note-journal.ts';
import type { Treats } from './services/note-sight.ts';
import { mergeReaction } from './services/merge-reaction.ts';
import { createNoteService, type FindVisit } from './services/note.service.ts';
import { createPrintService, type PrintServiceDeps } from './services/print.service.ts';
import {
  createRetentionService,
  type RetentionDeps,
  type RetentionService,
} from './services/retention.service.ts';
import { sealedAttachments } from './services/sealed-attachments.ts';
import { sealedNotes } from './services/sealed-notes.ts';
import { createSigningService } from './services/signing.service.ts';
import { createTemplateService } from './services/template.service.ts';

export { medicalNoteEvents } from './events.ts';
export type { Treats } from './services/note-sight.ts';
export type { FindVisit } from './services/note.service.ts';
export { medicalNoteProblems } from './problems.ts';
export { exportSourceOf } from './services/note-export.ts';

/** What patients ask of notes: that they follow a record which is merged into another, and what stands on a timeline. */
export const notesOfPatients = {
  move: async (
    tx: Tx,
    _ctx: Ctx,
    patients: { readonly from: string; readonly to: string },
  ): Promise<void> => {
    await moveNotes(tx, patients);
  },
  count: countNotes,
  ids: listNoteIds,
  timelineOf: (db: Db, ctx: Ctx, patientId: string, page: TimelinePage): Promise<TimelineEntry[]> => {
    const maySee = ctx.permissions.has('notes:list') || ctx.permissions.has('notes:list:own');
    return maySee ? listNotesOfTimeline(db, patientId, page, ctx.doctorId) : Promise.resolve([]);
  },
};

export type MedicalNotesDeps = Pick<PrintServiceDeps, 'tenants' | 'patients' | 'doctors' | 'localStartOf'> &
  Pick<RetentionDeps, 'retentionYearsOf' | 'lastVisitEndOf'> & {
    database: Database;
    keyring: Keyring;
    files: FileStore;
    audit: AuditTrail;
    outbox: Outbox;
    clock: Clock;
    logger: Logger;
    config: Pick<Config, 'publicUrl' | 'files' | 'jwt'>;
    treats: Treats;
    findVisit: FindVisit;
  };

export const createMedicalNotes = (
  deps: MedicalNotesDeps,
): {
  routes: RouteGroup[];
  exportOf: ExportSource;
  readonly exporting: NoteExport;
  /** What is sealed here, for a rotation of keys. */
  sealed: SealedRows[];
  /** Removes the patient's notes and their files for good. How many notes there were. */
  readonly forget: RetentionService['forget'];
  /** For where the register of patients is in another database: a merge there moves the notes here. */
  readonly reaction: typeof mergeReaction;
  /** The files of clinics that are deleted: to be planned first, and swept now and then. */
  readonly folderRemovals: FolderRemovals;
  /** To be called now and then: what no row leads to, and what a clinic must not keep any longer. */
  removeFiles(): Promise<void>;
  endRetention(): Promise<void>;
} => {
  const removals = createFileRemovals(deps);
  const parts = {
    ...deps,
    removals,
    box: createNoteBox(deps.keyring),
    attachments: createAttachmentBox(deps.keyring, deps.files),
    journal: createNoteJournal(deps),
    links: createDownloadLinks(deps.config.jwt.refreshSecret),
  };
  const retention = createRetentionService(parts);
  const exporting = createNoteExport(parts);
  const notes = createNoteController(createNoteService(parts), createSigningService(parts));
  const attachments = createAttachmentController(createAttachmentService(parts), createPrintService(parts));
  return {
    exporting,
    reaction: mergeReaction,
    exportOf: exportSourceOf(exporting),
    sealed: [sealedNotes(deps), sealedAttachments(parts)],
    forget: retention.forget,
    folderRemovals: createFolderRemovals(deps),
    removeFiles: removals.sweep,
    endRetention: retention.sweep,
    routes: [
      templateRoutes(createTemplateController(createTemplateService(deps))),
      noteRoutes(notes),
      ...attachmentRoutes(attachments),
    ],
  };
};
