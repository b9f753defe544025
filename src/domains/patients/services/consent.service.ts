import type { AuditTrail } from '../../../database/audit.ts';
import type { Database } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, type Page, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { Consent } from '../models/consent.ts';
import { insertConsent, listConsents } from '../repositories/consent.repository.ts';
import type { ListConsents, RecordConsent } from '../validators/relations.ts';
import type { PatientAccess } from './patient-access.ts';

export type ConsentDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  access: PatientAccess;
};
export type ConsentService = ReturnType<typeof createConsentService>;

export const createConsentService = ({ database, audit, outbox, clock, access }: ConsentDeps) => ({
  list: async (ctx: Ctx, id: string, { limit, cursor, kind }: ListConsents): Promise<Page<Consent>> => {
    const db = database.read(ctx.tenantId);
    await access.demand(db, ctx, id);
    const before = decodeCursor(IdPosition, cursor)?.[0];
    return toPage(await listConsents(db, id, { limit, before, kind }), limit, (last) => [last.id]);
  },

  /** A consent that is given again, or withdrawn, is one more entry: what was said before stays. */
  record: (ctx: Ctx, id: string, { kind, status }: RecordConsent): Promise<Consent> =>
    database.transaction(ctx, async (tx) => {
      await access.demandToChange(tx, ctx, id);
      const consent: Consent = {
        id: newId(),
        patientId: id,
        kind,
        status,
        recordedAt: clock.now(),
        recordedBy: ctx.userId,
      };
      await insertConsent(tx, consent);
      await audit.record(tx, ctx, {
        action: 'patient.consent_recorded',
        resourceType: 'patient',
        resourceId: id,
        changes: { kind, status },
      });
      await outbox.publish(tx, ctx, {
        type: 'patient.consent_recorded',
        payload: { patientId: id, kind, status },
      });
      return consent;
    }),
});
