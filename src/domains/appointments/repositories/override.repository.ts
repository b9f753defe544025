import type { Tx } from '../../../database/db.ts';
import { bin, list, sql } from '../../../database/sql.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { DAY_MS } from '../../../shared/time/units.ts';
import type { Place } from '../models/appointment.ts';
import { activeStatuses } from '../models/status.ts';

export type OverridingVisit = { readonly id: string; readonly patientId: string; readonly place: Place };

/** Visits of a doctor that were booked by override and overlap `time` (epoch milliseconds), by start. */
export const listOverlappingOverrides = async (
  tx: Tx,
  doctorId: string,
  { start, end }: Interval,
): Promise<OverridingVisit[]> => {
  const found = await tx.many<Place & { id: string; patientId: string }>(sql`
    SELECT id, patient_id AS patientId, doctor_id AS doctorId, service_id AS serviceId, location_id AS locationId,
      room_id AS roomId, starts_at AS startsAt, ends_at AS endsAt, timezone, local_start AS localStart
    FROM appointments
    WHERE tenant_id = ${tx.tenant} AND doctor_id = ${bin(doctorId)} AND override_reason IS NOT NULL
      AND starts_at BETWEEN ${new Date(start - DAY_MS)} AND ${new Date(end)} AND ends_at > ${new Date(start)}
      AND status IN ${list(activeStatuses)} AND deleted_at IS NULL
    ORDER BY starts_at, id`);
  return found.map(({ id, patientId, ...place }) => ({ id, patientId, place }));
};
