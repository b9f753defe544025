import { isDeepStrictEqual } from 'node:util';
import type { AuditTrail } from '../../../database/audit.ts';
import type { Tx } from '../../../database/db.ts';
import type { DomainEvent, Outbox } from '../../../database/outbox.ts';
import type { Ctx, TenantCtx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { Appointment } from '../models/appointment.ts';
import { changeOf, type HistoryEntry } from '../models/history.ts';
import { insertHistory } from '../repositories/history.repository.ts';

export type JournalDeps = { audit: AuditTrail; outbox: Outbox; clock: Clock };

/** Who acts: a user, a patient by the link of a reminder, or nobody where things move on by themselves. */
export type Acting = TenantCtx & Partial<Pick<Ctx, 'userId' | 'role'>>;
export type Journal = ReturnType<typeof createJournal>;

type Change = {
  readonly action: HistoryEntry['action'];
  readonly before?: Appointment;
  readonly after: Appointment;
  readonly event: DomainEvent;
  readonly reason?: string | undefined;
};

const NOT_TOLD = new Set<string>(['version', 'updatedAt', 'createdAt', 'id']);

/** The names of the fields that changed, and not what they say: a reason or a note may tell of somebody's health. */
const changedFields = (before: Appointment | undefined, after: Appointment): string[] =>
  before
    ? Object.entries(after)
        .filter(
          ([name, value]) =>
            !NOT_TOLD.has(name) && !isDeepStrictEqual(value, before[name as keyof Appointment]),
        )
        .map(([name]) => name)
    : [];

/** Writes down what happened to an appointment, in the transaction in which it happens: history, event and audit row. */
export const createJournal = ({ audit, outbox, clock }: JournalDeps) => ({
  write: async (tx: Tx, ctx: Acting, { action, before, after, event, reason }: Change): Promise<void> => {
    const change = changeOf(after, before);
    insertHistory(tx, after.id, {
      ...change,
      id: newId(),
      occurredAt: clock.now(),
      actorId: ctx.userId ?? null,
      action,
      reason: reason ?? null,
    });
    await outbox.publish(tx, ctx, event);
    await audit.record(tx, ctx, {
      action: `appointment.${action}`,
      resourceType: 'appointment',
      resourceId: after.id,
      patientId: after.patientId,
      changes: { ...change, fields: changedFields(before, after) },
    });
  },
});
