import { z } from 'zod';
import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Db } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { TextStream } from '../../../shared/types/file.ts';
import { Id } from '../../../shared/types/id.ts';
import { decodeCursor, type Page, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { csvLines } from '../../../shared/utils/csv.ts';
import { AuditLog } from '../models/audit-log.ts';
import {
  type AuditFilter,
  listRows,
  type Position,
  type StoredRow,
} from '../repositories/audit-log.repository.ts';
import type { ListAuditLogs } from '../validators/audit-log.ts';

export type AuditLogDeps = {
  database: Database;
  audit: AuditTrail;
  clock: Clock;
  /** The names of users, also of those who cannot log in any more. */
  namesOfUsers: (db: Db, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
};
export type AuditLogService = ReturnType<typeof createAuditLogService>;

/** A time in milliseconds, then an id. */
const RowPosition = z.tuple([z.int(), Id]);
const ROWS_AT_ONCE = 500;
const columns = Object.keys(AuditLog.shape) as (keyof AuditLog)[];

const filterOf = (query: ListAuditLogs): AuditFilter => {
  const { actorId, action, resourceType, resourceId, from, to } = query;
  return { actorId, action, resourceType, resourceId, from, to };
};

/** In the order of {@link columns}; what has fields of its own is JSON in one cell. */
const cellsOf = (log: AuditLog) => {
  const { changes, ...encoded } = AuditLog.encode(log);
  const cells = { ...encoded, changes: changes && JSON.stringify(changes) };
  return columns.map((column) => cells[column]);
};

/** The audit trail of a clinic for its administrators, the newest first. */
export const createAuditLogService = ({ database, audit, clock, namesOfUsers }: AuditLogDeps) => {
  const withNames = async (db: Db, rows: readonly StoredRow[]): Promise<AuditLog[]> => {
    const actors = [...new Set(rows.flatMap(({ actorId }) => actorId ?? []))];
    const names = await namesOfUsers(db, actors);
    return rows.map((row) => ({
      ...row,
      actorRole: row.actorRole as AuditLog['actorRole'],
      actorName: names.get(row.actorId ?? '') ?? null,
    }));
  };

  async function* everyRow(db: Db, filter: AuditFilter): AsyncGenerator<AuditLog[]> {
    let after: Position | undefined;
    let rows: StoredRow[];
    do {
      rows = await listRows(db, filter, { after, limit: ROWS_AT_ONCE });
      yield await withNames(db, rows);
      after = rows.at(-1);
    } while (rows.length === ROWS_AT_ONCE);
  }

  async function* cells(db: Db, filter: AuditFilter) {
    for await (const logs of everyRow(db, filter)) yield* logs.map(cellsOf);
  }
  const csv = (db: Db, filter: AuditFilter) => csvLines(columns, cells(db, filter));

  async function* ndjson(db: Db, filter: AuditFilter) {
    for await (const logs of everyRow(db, filter))
      yield logs.map((log) => `${JSON.stringify(AuditLog.encode(log))}\n`).join('');
  }

  const exporting =
    (format: 'csv' | 'ndjson', write: typeof csv) =>
    async (ctx: Ctx, query: ListAuditLogs): Promise<TextStream> => {
      const filter = filterOf(query);
      await database.transaction(ctx, (tx) =>
        audit.record(tx, ctx, {
          action: 'audit_log.exported',
          resourceType: 'audit_log',
          resourceId: null,
          changes: { format, ...filter },
        }),
      );
      const day = clock.now().toISOString().slice(0, 10);
      return { name: `audit-${day}.${format}`, chunks: write(database.read(ctx.tenantId), filter) };
    };

  return {
    list: async (ctx: Ctx, query: ListAuditLogs): Promise<Page<AuditLog>> => {
      const db = database.read(ctx.tenantId);
      const [time, id] = decodeCursor(RowPosition, query.cursor) ?? [];
      const after = time === undefined || id === undefined ? undefined : { occurredAt: new Date(time), id };
      const rows = await listRows(db, filterOf(query), { after, limit: query.limit + 1 });
      const page = toPage(rows, query.limit, (last) => [last.occurredAt.getTime(), last.id]);
      return { ...page, data: await withNames(db, page.data) };
    },

    /** Everything that matches, whatever `limit` and `cursor` say. */
    exportCsv: exporting('csv', csv),
    exportNdjson: exporting('ndjson', ndjson),
  };
};
