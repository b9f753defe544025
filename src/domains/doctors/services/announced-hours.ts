import type { Database, Tx } from '../../../database/db.ts';
import type { DomainEvent, Outbox } from '../../../database/outbox.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import { availabilityChanged } from '../models/availability.ts';
import type { Schedule } from '../models/working-time.ts';
import { listZones, lockDoctors } from '../repositories/availability.repository.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { loadSchedules } from './schedule.ts';

/** How far ahead closures, overrides and absences are told; weekly hours are told without an end. */
const TOLD_DAYS = 10 * 366;

const withoutHours = (timezone: string): Schedule => ({ timezone, rules: [], overrides: [], closures: [] });

/**
 * The events that say that the hours of doctors have changed, with all that decides when they work from now on, so that
 * whoever counts working time need not ask. Who is not in use, or removed, works never.
 */
export const announcedHours = async (
  tx: Tx,
  doctorIds: readonly string[],
  now: Date,
): Promise<DomainEvent[]> => {
  const doctors = await listZones(tx, doctorIds);
  const start = now.getTime();
  const schedules = await loadSchedules(tx, doctors, { start, end: start + TOLD_DAYS * DAY_MS });
  return doctors.map(({ id, timezone, active }) =>
    availabilityChanged(id, active ? schedules.get(id) : withoutHours(timezone)),
  );
};

export type AnnounceDeps = { database: Database; outbox: Outbox; clock: Clock };

/** Tells the hours of a clinic's doctors, besides some, as if they had just been set: for whoever has never been told. */
export const createAnnounceHours =
  ({ database, outbox, clock }: AnnounceDeps) =>
  (tenantId: string, besides: ReadonlySet<string>): Promise<void> =>
    database.transaction({ tenantId }, async (tx) => {
      const doctorIds = (await lockDoctors(tx)).filter((id) => !besides.has(id));
      if (doctorIds.length === 0) return;
      await outbox.publish(tx, { requestId: newId() }, ...(await announcedHours(tx, doctorIds, clock.now())));
    });
