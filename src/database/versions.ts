import { newId } from '../shared/types/id.ts';
import { bin, type Sql, sql } from './sql.ts';

/** What decides when doctors work, and what they give. */
const TABLES = [
  'doctors',
  'services',
  'doctor_services',
  'doctor_availability',
  'availability_overrides',
  'availability_override_locations',
  'closures',
  'doctor_absences',
  'locations',
];
const CHANGE = new RegExp(
  String.raw`^\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(?:${TABLES.join('|')})\b`,
  'i',
);

/** Whether a statement writes one of the tables from which schedules are remembered. */
export const changesSchedules = ({ text }: Sql): boolean => CHANGE.test(text);

/** A transaction that runs some statements at its very end, each once; see the `Tx` of `db.ts`. */
type Ending = { readonly tenant: Buffer; atEnd(key: string, statement: Sql): void };

/** Makes what any process remembers of the tenant's schedules out of date, in the transaction that changes them. */
export const renewScheduleVersion = (tx: Ending): void => {
  tx.atEnd(
    '',
    sql`
    INSERT INTO schedule_versions (tenant_id, version) VALUES (${tx.tenant}, ${bin(newId())})
    ON DUPLICATE KEY UPDATE version = VALUES(version)`,
  );
};

/** The same for what it remembers of the doctor's calendar: to be called by whoever takes or frees time of it. */
export const renewCalendarVersion = (tx: Ending, doctorId: string): void => {
  tx.atEnd(
    doctorId,
    sql`
    INSERT INTO calendar_versions (tenant_id, doctor_id, version) VALUES (${tx.tenant}, ${bin(doctorId)}, ${bin(newId())})
    ON DUPLICATE KEY UPDATE version = VALUES(version)`,
  );
};
