import type { MasterKeys } from '../shared/crypto/master-keys.ts';
import type { Ctx, RequestCtx } from '../shared/types/context.ts';
import { newId } from '../shared/types/id.ts';
import type { Clock } from '../shared/utils/clock.ts';
import { type AuditFacts, createMarker } from './audit-row.ts';
import type { Tx } from './db.ts';
import { bin, sql } from './sql.ts';

/** One thing that somebody did. `changes` names fields, with values only where they are no health data. */
export type AuditEntry = {
  readonly action: string;
  readonly resourceType: string;
  /** Null where it was about nothing that has an id. */
  readonly resourceId: string | null;
  /** The patient whom it concerns, where the resource is not the patient: a guardian acts on their behalf. */
  readonly patientId?: string;
  readonly changes?: Readonly<Record<string, unknown>>;
};
type Actor = RequestCtx & Partial<Pick<Ctx, 'userId' | 'role' | 'apiKeyId' | 'dependantIds'>>;

export type AuditTrail = {
  /** Records what `ctx`'s user did, or a program with their API key, in the same transaction as the doing. */
  record(tx: Tx, ctx: Actor, entry: AuditEntry): Promise<void>;
};

const onBehalfOf = (
  { dependantIds = [] }: Actor,
  { resourceType, resourceId, patientId }: AuditEntry,
): string | null => {
  const concerned = patientId ?? (resourceType === 'patient' ? resourceId : null);
  return concerned !== null && dependantIds.includes(concerned) ? concerned : null;
};

/** As the database will answer it: a date is text then, and what is undefined is not there. */
const asJson = (changes: AuditEntry['changes']): AuditFacts['changes'] =>
  changes ? (JSON.parse(JSON.stringify(changes)) as AuditFacts['changes']) : null;

/** `nudge` is called after each commit that left a row, where somebody waits for these. */
export const createAuditTrail = (clock: Clock, masterKeys: MasterKeys, nudge?: () => void): AuditTrail => {
  const marker = createMarker(masterKeys);
  return {
    record: (tx, ctx, entry) => {
      const row: AuditFacts = {
        id: newId(),
        occurredAt: clock.now(),
        actorId: ctx.userId ?? null,
        actorRole: ctx.role ?? null,
        onBehalfOf: onBehalfOf(ctx, entry),
        apiKeyId: ctx.apiKeyId ?? null,
        action: entry.action,
        resourceType: entry.resourceType,
        resourceId: entry.resourceId,
        changes: asJson(entry.changes),
        address: ctx.address,
        userAgent: ctx.userAgent,
        requestId: ctx.requestId,
      };
      tx.later(sql`
        INSERT INTO audit_logs (tenant_id, id, occurred_at, actor_id, actor_role, on_behalf_of, api_key_id, action,
          resource_type, resource_id, changes, address, user_agent, request_id, mark)
        VALUES (${tx.tenant}, ${bin(row.id)}, ${row.occurredAt}, ${bin(row.actorId)}, ${row.actorRole},
          ${bin(row.onBehalfOf)}, ${bin(row.apiKeyId)}, ${row.action}, ${row.resourceType}, ${bin(row.resourceId)},
          ${row.changes && JSON.stringify(row.changes)}, ${row.address}, ${row.userAgent}, ${row.requestId},
          ${marker.mark(tx.tenantId, row)})`);
      if (nudge) tx.afterCommit(nudge);
      return Promise.resolve();
    },
  };
};
