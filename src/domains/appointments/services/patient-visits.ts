import type { AuditTrail } from '../../../database/audit.ts';
import type { Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { nextVersion } from '../../../shared/utils/versions.ts';
import type { Visits } from '../../patients/index.ts';
import type { TenantsPort } from '../../tenants/index.ts';
import { mayBecome } from '../models/status.ts';
import { entryClosed } from '../models/waitlist-events.ts';
import { findAppointmentToChange } from '../repositories/appointment.repository.ts';
import {
  countKept,
  forgetWords,
  isTreating,
  listOpenEntryIds,
  listTimeline,
  listTreatedPatientIds,
  listUpcomingOfPatient,
  moveClaims,
  moveVisits,
} from '../repositories/patient-visits.repository.ts';
import { findEntryToChange, updateEntry } from '../repositories/waitlist.repository.ts';
import type { AppointmentService } from './appointment.service.ts';
import type { WaitlistOffers } from './waitlist-offers.ts';

type Deps = {
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  tenants: Pick<TenantsPort, 'settings'>;
  appointments: AppointmentService;
  offers: WaitlistOffers;
};

/** What the register of patients asks about their visits, and tells of patients who become one, or leave. */
export const createPatientVisits = (deps: Deps): Visits => {
  const { audit, outbox, clock, tenants, appointments, offers } = deps;

  const leaveWaitlist = async (tx: Tx, ctx: Ctx, patientId: string) => {
    for (const id of await listOpenEntryIds(tx, patientId)) {
      const entry = await findEntryToChange(tx, id);
      if (!entry) continue;
      const after = entry.offer
        ? await offers.end(tx, ctx, entry, 'withdrawn')
        : nextVersion(entry, { status: 'left' }, clock.now());
      if (!entry.offer) await updateEntry(tx, after);
      await outbox.publish(tx, ctx, entryClosed(after));
      await audit.record(tx, ctx, {
        action: 'waitlist.left',
        resourceType: 'waitlist_entry',
        resourceId: id,
      });
    }
  };

  const cancelUpcoming = async (tx: Tx, ctx: Ctx, patientId: string): Promise<number> => {
    const settings = await tenants.settings(ctx.tenantId);
    let cancelled = 0;
    for (const { id } of await listUpcomingOfPatient(tx, patientId, clock.now())) {
      const before = await findAppointmentToChange(tx, id);
      if (!before || !mayBecome(before.status, 'cancelled')) continue;
      await appointments.cancelIn(tx, ctx, before, { reason: undefined, settings });
      cancelled += 1;
    }
    return cancelled;
  };

  return {
    treats: isTreating,
    treatedBy: listTreatedPatientIds,
    upcomingOf: listUpcomingOfPatient,
    timelineOf: listTimeline,
    move: async (tx, pair, now) => {
      await moveClaims(tx, pair);
      await moveVisits(tx, pair, now);
    },
    leave: async (tx, ctx, patientId) => {
      await leaveWaitlist(tx, ctx, patientId);
      return cancelUpcoming(tx, ctx, patientId);
    },
    forget: async (tx, patientId, keptSince) => ({
      erased: await forgetWords(tx, patientId, keptSince),
      ...(await countKept(tx, patientId, keptSince)),
    }),
  };
};
