import { gatheredAnswer } from './gathered-read.ts';
import { sql, uuidOf } from './sql.ts';

/** Of a tenant: of its schedules, and of each calendar that something was ever taken of, by doctor. */
export type Versions = { readonly schedules: string | null; readonly calendars: ReadonlyMap<string, string> };

const UUID_BYTES = 16;

/** All calendars as one text: as many rows would cost the driver more than they cost the database. */
export const findVersions = gatheredAnswer(async (db): Promise<Versions> => {
  const row = await db.one<{ schedules: string | null; calendars: string | null; changed: number }>(sql`
    SELECT (SELECT s.version FROM schedule_versions s WHERE s.tenant_id = ${db.tenant}) AS schedules,
      GROUP_CONCAT(HEX(c.doctor_id), HEX(c.version) SEPARATOR '') AS calendars, COUNT(*) AS changed
    FROM calendar_versions c WHERE c.tenant_id = ${db.tenant}`);
  const bytes = Buffer.from(row?.calendars ?? '', 'hex');
  if (bytes.length !== (row?.changed ?? 0) * 2 * UUID_BYTES) throw new Error('The versions came incomplete');
  const calendars = new Map<string, string>();
  for (let at = 0; at < bytes.length; at += 2 * UUID_BYTES) {
    const version = at + UUID_BYTES;
    calendars.set(uuidOf(bytes.subarray(at, version)), uuidOf(bytes.subarray(version, version + UUID_BYTES)));
  }
  return { schedules: row?.schedules ?? null, calendars };
});
