import type { Tx } from '../../../database/db.ts';
import { bin, rows, sql } from '../../../database/sql.ts';
import type { Wait } from '../models/wait.ts';

/** Writes entries of the waitlist, new and changed. */
export const putWaits = (tx: Tx, waits: readonly Wait[]): void => {
  if (waits.length === 0) return;
  const tuples = waits.map((w) => [
    tx.tenant,
    bin(w.id),
    bin(w.doctorId),
    bin(w.serviceId),
    w.localDate,
    w.status,
    w.hoursToBooking,
    w.offers,
    w.accepted,
    w.declined,
    w.expired,
  ]);
  tx.later(sql`
    INSERT INTO analytics_waits (tenant_id, id, doctor_id, service_id, local_date, status, hours_to_booking, offers,
      accepted, declined, expired)
    VALUES ${rows(tuples)}
    ON DUPLICATE KEY UPDATE doctor_id = VALUES(doctor_id), service_id = VALUES(service_id),
      local_date = VALUES(local_date), status = VALUES(status), hours_to_booking = VALUES(hours_to_booking),
      offers = VALUES(offers), accepted = VALUES(accepted), declined = VALUES(declined), expired = VALUES(expired)`);
};
