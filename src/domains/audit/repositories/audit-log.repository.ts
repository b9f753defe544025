import type { AuditFacts } from '../../../database/audit-row.ts';
import type { Db } from '../../../database/db.ts';
import { and, bin, count, sql } from '../../../database/sql.ts';

/** A row as it is stored, with what shows who wrote it. */
export type StoredRow = AuditFacts & { readonly mark: Buffer | null; readonly batch: number | null };

export type AuditFilter = {
  readonly actorId?: string | undefined;
  readonly action?: string | undefined;
  readonly resourceType?: string | undefined;
  readonly resourceId?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
};
/** Behind that time, or then with a smaller id. */
export type Position = { readonly occurredAt: Date; readonly id: string };

export const rowColumns = sql`id, occurred_at AS occurredAt, actor_id AS actorId, actor_role AS actorRole,
  on_behalf_of AS onBehalfOf, api_key_id AS apiKeyId, action, resource_type AS resourceType, resource_id AS resourceId,
  changes, address, user_agent AS userAgent, request_id AS requestId, mark, batch`;

/** The newest first. */
export const listRows = (
  db: Db,
  filter: AuditFilter,
  { after, limit }: { after: Position | undefined; limit: number },
): Promise<StoredRow[]> => {
  const { actorId, action, resourceType, resourceId, from, to } = filter;
  return db.many<StoredRow>(sql`
    SELECT ${rowColumns} FROM audit_logs
    WHERE tenant_id = ${db.tenant} ${and(
      actorId === undefined ? undefined : sql`actor_id = ${bin(actorId)}`,
      action === undefined ? undefined : sql`action = ${action}`,
      resourceType === undefined ? undefined : sql`resource_type = ${resourceType}`,
      resourceId === undefined ? undefined : sql`resource_id = ${bin(resourceId)}`,
      from && sql`occurred_at >= ${from}`,
      to && sql`occurred_at < ${to}`,
      after &&
        sql`(occurred_at < ${after.occurredAt} OR (occurred_at = ${after.occurredAt} AND id < ${bin(after.id)}))`,
    )}
    ORDER BY occurred_at DESC, id DESC LIMIT ${count(limit)}`);
};
