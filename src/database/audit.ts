import type { Ctx, RequestCtx } from '../shared/types/context.ts';
import { newId } from '../shared/types/id.ts';
import type { Clock } from '../shared/utils/clock.ts';
import type { Tx } from './db.ts';
import { bin, sql } from './sql.ts';

/** One thing that somebody did. `changes` names fields, with values only where they are no health data. */
export type AuditEntry = {
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly changes?: Readonly<Record<string, unknown>>;
};
type Actor = RequestCtx & Partial<Pick<Ctx, 'userId' | 'role' | 'apiKeyId'>>;

export type AuditTrail = {
  /** Records what `ctx`'s user did, or a program with their API key, in the same transaction as the doing. */
  record(tx: Tx, ctx: Actor, entry: AuditEntry): Promise<void>;
};

export const createAuditTrail = (clock: Clock): AuditTrail => ({
  record: (tx, ctx, { action, resourceType, resourceId, changes }) => {
    tx.later(sql`
      INSERT INTO audit_logs (tenant_id, id, occurred_at, actor_id, actor_role, api_key_id, action,
        resource_type, resource_id, changes, address, user_agent, request_id)
      VALUES (${tx.tenant}, ${bin(newId())}, ${clock.now()}, ${bin(ctx.userId)}, ${ctx.role ?? null},
        ${bin(ctx.apiKeyId)}, ${action}, ${resourceType}, ${bin(resourceId)}, ${changes ? JSON.stringify(changes) : null}, ${ctx.address},
        ${ctx.userAgent}, ${ctx.requestId})`);
    return Promise.resolve();
  },
});
