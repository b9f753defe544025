import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Db, Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import { SealBroken } from '../../../shared/crypto/sealed-box.ts';
import type { Ctx, TenantCtx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import { yearsAfter } from '../../../shared/time/years.ts';
import { fileOf, type StoredAttachment } from '../models/attachment.ts';
import {
  deleteNotesOf,
  listAttachmentsToForget,
  listNotesToForget,
  listPatientsWithOldNotes,
  listTenantsWithNotes,
} from '../repositories/retention.repository.ts';
import type { AttachmentBox } from './attachment-box.ts';
import type { FileRemovals } from './file-removals.ts';

export type RetentionDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  logger: Logger;
  attachments: AttachmentBox;
  removals: FileRemovals;
  /** For how many years after the last visit the clinic keeps what belongs to the treatment; 0: until somebody asks to be erased. */
  retentionYearsOf: (tenantId: string) => Promise<number>;
  /** When the last of the patient's visits ended, or is to end. */
  lastVisitEndOf: (db: Db, patientId: string) => Promise<Date | null>;
};
export type RetentionService = ReturnType<typeof createRetentionService>;
type Actor = TenantCtx & Partial<Pick<Ctx, 'userId' | 'role'>>;

const AT_ONCE = 100;

/** Removes notes and their files for good when the clinic need not, and so must not, keep them any longer. */
export const createRetentionService = (deps: RetentionDeps) => {
  const { database, audit, outbox, clock, logger, attachments, removals, retentionYearsOf, lastVisitEndOf } =
    deps;

  /** One whose description does not open has the name that files are given at first. */
  const fileNameOf = async (tx: Tx, stored: Pick<StoredAttachment, 'id' | 'sealed'>): Promise<string> => {
    try {
      return fileOf(stored.id, await attachments.open(tx, stored));
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      return stored.id;
    }
  };

  /** How many notes there were, with addenda. */
  const forget = async (tx: Tx, ctx: Actor, patientId: string): Promise<number> => {
    const notes = await listNotesToForget(tx, patientId);
    if (notes.length === 0) return 0;
    const files: string[] = [];
    for (const stored of await listAttachmentsToForget(tx, patientId))
      files.push(await fileNameOf(tx, stored));
    await removals.plan(tx, files);
    await deleteNotesOf(tx, patientId);
    for (const { id, addendumTo, doctorId, appointmentId } of notes) {
      const type = 'medical_note.retention_ended';
      await audit.record(tx, ctx, {
        action: type,
        resourceType: 'medical_note',
        resourceId: id,
        changes: { patientId, ...(addendumTo !== null && { addendumTo }) },
      });
      const payload = { noteId: id, patientId, doctorId, appointmentId };
      if (addendumTo === null) await outbox.publish(tx, ctx, { type, payload });
    }
    return notes.length;
  };

  const forgetIfEnded = async (tenantId: string, patientId: string, keptSince: Date) => {
    const ctx = { tenantId, requestId: newId(), address: '', userAgent: 'retention' };
    await database.transaction({ tenantId }, async (tx) => {
      const lastEnd = await lastVisitEndOf(tx, patientId);
      if (lastEnd === null || lastEnd < keptSince) await forget(tx, ctx, patientId);
    });
  };

  const sweepTenant = async (tenantId: string) => {
    const years = await retentionYearsOf(tenantId);
    if (years === 0) return;
    const keptSince = yearsAfter(clock.now(), -years);
    const db = database.read(tenantId);
    let after: string | undefined;
    for (;;) {
      const patientIds = await listPatientsWithOldNotes(db, keptSince, { after, limit: AT_ONCE });
      for (const patientId of patientIds) await forgetIfEnded(tenantId, patientId, keptSince);
      if (patientIds.length < AT_ONCE) return;
      after = patientIds.at(-1);
    }
  };

  return {
    forget,

    /** For every clinic. What fails for one is tried again the next time, and keeps no other waiting. */
    sweep: async (): Promise<void> => {
      for (const tenantId of await listTenantsWithNotes(database.system)) {
        try {
          await sweepTenant(tenantId);
        } catch (error) {
          logger.warn({ err: error, tenantId }, 'Notes whose retention has ended are still there');
        }
      }
    },
  };
};
