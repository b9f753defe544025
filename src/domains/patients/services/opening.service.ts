import type { AuditTrail } from '../../../database/audit.ts';
import { listAuditRows } from '../../../database/audit-reading.ts';
import type { Database, Db } from '../../../database/db.ts';
import type { Keyring } from '../../../database/keyring.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, type Page, type PageQuery, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { type AccessEntry, Viewing } from '../models/access.ts';
import { closesAt, type Opening, recordOpened } from '../models/opening.ts';
import { patientProblems } from '../problems.ts';
import { insertOpening, listOpenings } from '../repositories/opening.repository.ts';
import { findPatient, listMergedIds } from '../repositories/patient.repository.ts';
import type { PatientAccess } from './patient-access.ts';

/** The names of users, also of those who cannot log in any more. */
export type NamesOfUsers = (db: Db, userIds: readonly string[]) => Promise<ReadonlyMap<string, string>>;

export type OpeningDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  keyring: Keyring;
  access: PatientAccess;
  namesOfUsers: NamesOfUsers;
  /** The notes of the patient, which leave a trace of their own when they are read. */
  notes: { ids(db: Db, patientId: string): Promise<string[]> };
};
export type OpeningService = ReturnType<typeof createOpeningService>;

/** Records that were opened in an emergency, and who has read a record at all. */
export const createOpeningService = (deps: OpeningDeps) => {
  const { database, audit, outbox, clock, keyring, access, namesOfUsers, notes } = deps;

  return {
    /** Opens the record to the caller for an hour. The clinic's administrators are told, and the patient can see it. */
    breakGlass: (ctx: Ctx, patientId: string, reason: string): Promise<Opening> =>
      database.transaction(ctx, async (tx) => {
        if (!(await findPatient(tx, patientId))) throw new AppError(patientProblems.patient_not_found);
        const openedAt = clock.now();
        const opening: Opening = {
          id: newId(),
          patientId,
          openedBy: ctx.userId,
          reason,
          openedAt,
          expiresAt: closesAt(openedAt),
        };
        await insertOpening(tx, keyring, opening);
        await audit.record(tx, ctx, {
          action: 'patient.opened_by_break_glass',
          resourceType: 'patient',
          resourceId: patientId,
          changes: { breakGlass: true, openingId: opening.id, expiresAt: opening.expiresAt },
        });
        await outbox.publish(tx, ctx, recordOpened(opening));
        return opening;
      }),

    openings: async (ctx: Ctx, id: string, { limit, cursor }: PageQuery): Promise<Page<Opening>> => {
      const db = database.read(ctx.tenantId);
      await access.demand(db, ctx, id);
      const before = decodeCursor(IdPosition, cursor)?.[0];
      return toPage(await listOpenings(db, keyring, id, { limit, before }), limit, (last) => [last.id]);
    },

    /** Who has read the record, or one that was merged into it: the latest first. */
    accessLog: async (ctx: Ctx, id: string, { limit, cursor }: PageQuery): Promise<Page<AccessEntry>> => {
      const db = database.read(ctx.tenantId);
      await access.demand(db, ctx, id);
      const rows = await listAuditRows(db, {
        resourceType: 'patient',
        resourceIds: await listMergedIds(db, id),
        orResource: { type: 'medical_note', ids: await notes.ids(db, id) },
        actions: Viewing.options,
        before: decodeCursor(IdPosition, cursor)?.[0],
        limit,
      });
      const names = await namesOfUsers(
        db,
        rows.flatMap(({ actorId }) => actorId ?? []),
      );
      const entries = rows.map(({ changes, ...row }) => ({
        ...row,
        actorName: names.get(row.actorId ?? '') ?? null,
        breakGlass: changes?.['breakGlass'] === true,
      }));
      return toPage(entries as AccessEntry[], limit, (last) => [last.id]);
    },
  };
};
