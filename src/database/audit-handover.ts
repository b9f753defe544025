import type { AuditFacts } from './audit-row.ts';
import type { Database, SystemDb } from './db.ts';
import { bin, count, list, rows, sql } from './sql.ts';

/** A row of the audit trail as it stands, with the mark of the application that wrote it. */
export type HandedAuditRow = Omit<AuditFacts, 'changes'> & {
  readonly tenantId: string;
  /** As JSON. */
  readonly changes: string | null;
  /** In base64. */
  readonly mark: string | null;
};

/** The oldest rows that wait, of any tenant. */
export const listAuditRowsToHandOver = (db: SystemDb, limit: number) =>
  db.many<HandedAuditRow>(sql`
    SELECT tenant_id AS tenantId, id, occurred_at AS occurredAt, actor_id AS actorId, actor_role AS actorRole,
      on_behalf_of AS onBehalfOf, api_key_id AS apiKeyId, action, resource_type AS resourceType,
      resource_id AS resourceId, CAST(changes AS CHAR) AS changes, address, user_agent AS userAgent,
      request_id AS requestId, to_base64(mark) AS mark
    FROM audit_logs FORCE INDEX (ix_audit_logs_batch) WHERE batch IS NULL ORDER BY tenant_id, id LIMIT ${count(limit)}`);

/** What the trail has, nobody else need keep. */
export const deleteHandedOver = async (db: SystemDb, handed: readonly HandedAuditRow[]): Promise<void> => {
  const tenantIds = new Set(handed.map(({ tenantId }) => tenantId));
  for (const tenantId of tenantIds) {
    const ids = handed.filter((row) => row.tenantId === tenantId).map(({ id }) => bin(id));
    await db.run(sql`DELETE FROM audit_logs WHERE tenant_id = ${bin(tenantId)} AND id IN ${list(ids)}`);
  }
};

/** Takes rows that other services have committed into the trail, where they are sealed. One that is here already is left as it is. */
export const acceptAuditRows = async (
  { transaction }: Pick<Database, 'transaction'>,
  handed: readonly HandedAuditRow[],
  isThere: (tenantId: string) => Promise<boolean>,
): Promise<void> => {
  for (const tenantId of new Set(handed.map((row) => row.tenantId))) {
    if (!(await isThere(tenantId))) continue;
    const tuples = handed
      .filter((row) => row.tenantId === tenantId)
      .map((row) => [
        bin(tenantId),
        bin(row.id),
        row.occurredAt,
        bin(row.actorId),
        row.actorRole,
        bin(row.onBehalfOf),
        bin(row.apiKeyId),
        row.action,
        row.resourceType,
        bin(row.resourceId),
        row.changes,
        row.address,
        row.userAgent,
        row.requestId,
        row.mark === null ? null : Buffer.from(row.mark, 'base64'),
      ]);
    await transaction({ tenantId }, (tx) =>
      tx.run(sql`
        INSERT INTO audit_logs (tenant_id, id, occurred_at, actor_id, actor_role, on_behalf_of, api_key_id, action,
          resource_type, resource_id, changes, address, user_agent, request_id, mark) VALUES ${rows(tuples)}
        ON DUPLICATE KEY UPDATE tenant_id = VALUES(tenant_id)`),
    );
  }
};
