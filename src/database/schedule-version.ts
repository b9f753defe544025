import { newId } from '../shared/types/id.ts';
import { bin, type Sql, sql } from './sql.ts';

/** What decides when doctors work, and what they give. */
const TABLES = [
  'doctors',
  'services',
  'doctor_services',
  'doctor_availability',
  'availability_overrides',
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

/** Makes what any process remembers of the tenant's schedules out of date, in the transaction that changes them. */
export const renewScheduleVersion = (tx: { readonly tenant: Buffer; later(statement: Sql): void }): void => {
  tx.later(sql`
    INSERT INTO schedule_versions (tenant_id, version) VALUES (${tx.tenant}, ${bin(newId())})
    ON DUPLICATE KEY UPDATE version = VALUES(version)`);
};
