import { listAuditRows } from '../../../database/audit-reading.ts';
import type { Database, Tx } from '../../../database/db.ts';
import { opens } from '../../../shared/config/permissions.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Page } from '../../../shared/types/page.ts';
import { Viewing } from '../models/access.ts';
import { type ExportPart, NOT_PERMITTED } from '../models/export.ts';
import type { Patient } from '../models/patient.ts';
import { listConsents } from '../repositories/consent.repository.ts';
import { listDependants, listGuardians } from '../repositories/guardian.repository.ts';
import { listMergedIds } from '../repositories/patient.repository.ts';
import type { OpeningService } from './opening.service.ts';

const AT_ONCE = 100;

/** Every row of a list that is given in pages. */
async function* everyRow<Row>(
  pageAfter: (cursor: string | undefined) => Promise<Page<Row>>,
): AsyncGenerator<Row> {
  let cursor: string | undefined;
  do {
    const { data, nextCursor } = await pageAfter(cursor);
    yield* data;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/** Every row of a list that goes down from one id to the next. */
async function* everyRowDown<Row extends { readonly id: string }>(
  rowsBefore: (before: string | undefined) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  let before: string | undefined;
  for (;;) {
    const rows = (await rowsBefore(before)).slice(0, AT_ONCE);
    yield* rows;
    if (rows.length < AT_ONCE) return;
    before = rows.at(-1)?.id;
  }
}

/** What the register itself knows of a patient beside the profile. */
export const createRecordExport = ({
  database,
  openings,
}: {
  database: Database;
  openings: OpeningService;
}) => {
  /** Who read the record, and who opened it in an emergency and why: for those who may know. */
  const readersOf = (ctx: Ctx, id: string): ExportPart => {
    if (!opens(ctx.permissions, 'patients:audit'))
      return { leftOut: [{ what: 'accessLog, emergencyAccess', why: NOT_PERMITTED }] };
    return {
      fields: {
        accessLog: everyRow((cursor) => openings.accessLog(ctx, id, { limit: AT_ONCE, cursor })),
        emergencyAccess: everyRow((cursor) => openings.openings(ctx, id, { limit: AT_ONCE, cursor })),
      },
    };
  };

  return async (tx: Tx, ctx: Ctx, { id }: Patient): Promise<ExportPart> => {
    const db = database.read(ctx.tenantId);
    const ids = await listMergedIds(tx, id);
    const { fields, ...readers } = readersOf(ctx, id);
    return {
      ...readers,
      fields: {
        guardians: await listGuardians(tx, id),
        dependants: await listDependants(tx, id),
        consents: everyRowDown((before) => listConsents(db, id, { limit: AT_ONCE, before })),
        changes: everyRowDown((before) =>
          listAuditRows(db, {
            resourceType: 'patient',
            resourceIds: ids,
            exceptActions: Viewing.options,
            limit: AT_ONCE,
            before,
          }),
        ),
        ...fields,
      },
    };
  };
};
