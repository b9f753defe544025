import type { Db } from '../../../database/db.ts';
import { and, bin, count, sql } from '../../../database/sql.ts';
import type { CalendarVisit } from '../models/calendar-visit.ts';
import { isAmong, type Reach } from './appointment.repository.ts';

/** More than a doctor sees in a year; what lies beyond is the farthest future. */
const MAX_VISITS = 10_000;

/** The visits of one doctor or patient with `from` ≤ start < `to`, by start, cancelled ones too. */
export const listCalendarVisits = (
  db: Db,
  { doctorId, patientIds }: Reach,
  { from, to }: { from: Date; to: Date },
) =>
  db.many<CalendarVisit>(sql`
    SELECT id, doctor_id AS doctorId, service_id AS serviceId, location_id AS locationId, starts_at AS startsAt,
      ends_at AS endsAt, status, version, created_at AS createdAt, updated_at AS updatedAt
    FROM appointments
    WHERE tenant_id = ${db.tenant} AND deleted_at IS NULL AND starts_at >= ${from} AND starts_at < ${to} ${and(
      doctorId === undefined ? undefined : sql`doctor_id = ${bin(doctorId)}`,
      isAmong(sql`patient_id`, patientIds),
    )}
    ORDER BY starts_at, id LIMIT ${count(MAX_VISITS)}`);
