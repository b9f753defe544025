import { listAuditRows } from '../../../database/audit-reading.ts';
import type { Database, Db } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { decodeCursor, type Page, type PageQuery, toPage } from '../../../shared/types/page.ts';
import { Viewing } from '../models/access.ts';
import { latestOf, type TimelineEntry, type TimelinePage, TimelinePosition } from '../models/timeline.ts';
import { listMergedIds } from '../repositories/patient.repository.ts';
import type { PatientAccess } from './patient-access.ts';
import type { Visits } from './visits.ts';

/** Something else that happens in the life of a record, such as notes. Empty for who may not know of it. */
export type TimelineSource = (
  db: Db,
  ctx: Ctx,
  patientId: string,
  page: TimelinePage,
) => Promise<TimelineEntry[]>;

export type TimelineDeps = {
  database: Database;
  access: PatientAccess;
  visits: Pick<Visits, 'timelineOf'>;
  timelineSources: readonly TimelineSource[];
};
export type TimelineService = ReturnType<typeof createTimelineService>;

const changesOf = async (db: Db, ids: readonly string[], { before, limit }: TimelinePage) => {
  const rows = await listAuditRows(db, {
    resourceType: 'patient',
    resourceIds: ids,
    exceptActions: Viewing.options,
    limit,
    until: before && { occurredAt: new Date(before[0]), id: before[1] },
  });
  return rows.map(({ id, occurredAt, action, actorId, changes }): TimelineEntry => {
    const fields = changes?.['fields'];
    return {
      id,
      kind: 'change',
      occurredAt,
      action,
      actorId,
      doctorId: null,
      serviceId: null,
      fields: Array.isArray(fields) ? fields.map(String) : [],
    };
  });
};

/** Everything that happened in the life of a record, the latest first. */
export const createTimelineService = ({ database, access, visits, timelineSources }: TimelineDeps) => ({
  read: (ctx: Ctx, id: string, { limit, cursor }: PageQuery): Promise<Page<TimelineEntry>> =>
    database.transaction(ctx, async (tx) => {
      const seen = await access.demand(tx, ctx, id);
      await access.note(tx, ctx, seen, 'patient.timeline_viewed');
      const page = { before: decodeCursor(TimelinePosition, cursor), limit };
      const lists = [
        await visits.timelineOf(tx, id, page),
        await changesOf(tx, await listMergedIds(tx, id), page),
      ];
      for (const source of timelineSources) lists.push(await source(tx, ctx, id, page));
      return toPage(latestOf(lists, limit + 1), limit, (last) => [last.occurredAt.getTime(), last.id]);
    }),
});
