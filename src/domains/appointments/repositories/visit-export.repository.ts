import type { Db } from '../../../database/db.ts';
import { bin, sql } from '../../../database/sql.ts';

type ExportedVisit = {
  readonly id: string;
  readonly doctorId: string;
  readonly serviceId: string;
  readonly locationId: string | null;
  readonly [field: string]: unknown;
};

/** Rows as they are, by start. */
export const listVisitsToExport = (db: Db, patientId: string) =>
  db.many<ExportedVisit>(sql`
    SELECT a.id, a.doctor_id AS doctorId, a.service_id AS serviceId, a.location_id AS locationId,
      a.starts_at AS startsAt, a.ends_at AS endsAt, a.timezone, a.local_start AS localStart, a.status, a.reason,
      a.notes, c.cancelled_at AS cancelledAt, c.reason AS cancellationReason, a.created_at AS createdAt
    FROM appointments a
      LEFT JOIN appointment_cancellations c ON c.tenant_id = a.tenant_id AND c.appointment_id = a.id
    WHERE a.tenant_id = ${db.tenant} AND a.patient_id = ${bin(patientId)} AND a.deleted_at IS NULL
    ORDER BY a.starts_at, a.id`);

/** What happened to each visit, in its order. */
export const listHistoryToExport = (db: Db, patientId: string) =>
  db.many<Record<string, unknown>>(sql`
    SELECT h.appointment_id AS appointmentId, h.occurred_at AS occurredAt, h.actor_id AS actorId, h.action,
      h.from_status AS fromStatus, h.to_status AS toStatus, h.from_starts_at AS fromStartsAt,
      h.to_starts_at AS toStartsAt, h.reason
    FROM appointments a JOIN appointment_history h ON h.tenant_id = a.tenant_id AND h.appointment_id = a.id
    WHERE a.tenant_id = ${db.tenant} AND a.patient_id = ${bin(patientId)} AND a.deleted_at IS NULL
    ORDER BY h.appointment_id, h.id`);

export const listWaitlistToExport = (db: Db, patientId: string) =>
  db.many<Record<string, unknown>>(sql`
    SELECT id, doctor_id AS doctorId, specialization, service_id AS serviceId, earliest, latest, status,
      created_at AS createdAt
    FROM waitlist_entries WHERE tenant_id = ${db.tenant} AND patient_id = ${bin(patientId)} ORDER BY id`);
