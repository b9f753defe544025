import type { Db } from './db.ts';
import { and, bin, count, list, sql } from './sql.ts';

/** An audit row, as those may read it whom it is about. */
export type AuditRow = {
  readonly id: string;
  readonly occurredAt: Date;
  readonly actorId: string | null;
  readonly actorRole: string | null;
  readonly action: string;
  readonly changes: Readonly<Record<string, unknown>> | null;
};

type AuditFilter = {
  readonly resourceType: string;
  readonly resourceIds: readonly string[];
  /** Rows of another kind of thing beside those. */
  readonly orResource?: { readonly type: string; readonly ids: readonly string[] };
  readonly actions?: readonly string[];
  readonly exceptActions?: readonly string[];
  /** Only rows before this one. */
  readonly before?: string | undefined;
  /** Only rows before that time, or then with a smaller id. */
  readonly until?: { readonly occurredAt: Date; readonly id: string } | undefined;
  readonly limit: number;
};

const ofResources = (type: string, ids: readonly string[]) =>
  sql`(resource_type = ${type} AND resource_id IN ${list(ids.map((id) => bin(id)))})`;

/** What was done to, or read of, some resources: the latest first, one row more than `limit`. */
export const listAuditRows = (db: Db, filter: AuditFilter): Promise<AuditRow[]> => {
  const { resourceType, resourceIds, orResource, actions, exceptActions, before, until, limit } = filter;
  return db.many<AuditRow>(sql`
    SELECT id, occurred_at AS occurredAt, actor_id AS actorId, actor_role AS actorRole, action, changes
    FROM audit_logs
    WHERE tenant_id = ${db.tenant} AND (${ofResources(resourceType, resourceIds)}
      ${orResource && orResource.ids.length > 0 ? sql`OR ${ofResources(orResource.type, orResource.ids)}` : sql``}) ${and(
        actions && sql`action IN ${list(actions)}`,
        exceptActions && sql`action NOT IN ${list(exceptActions)}`,
        before === undefined ? undefined : sql`id < ${bin(before)}`,
        until &&
          sql`(occurred_at < ${until.occurredAt} OR (occurred_at = ${until.occurredAt} AND id < ${bin(until.id)}))`,
      )}
    ORDER BY occurred_at DESC, id DESC LIMIT ${count(limit + 1)}`);
};
