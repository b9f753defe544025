import type { Tx } from '../../../database/db.ts';
import type { DomainEvent } from '../../../database/outbox.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import { availabilityChanged } from '../models/availability.ts';
import type { Schedule } from '../models/working-time.ts';
import { listZones } from '../repositories/availability.repository.ts';
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
