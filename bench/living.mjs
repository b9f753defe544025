// @ts-check
import { randomBytes } from 'node:crypto';
import { DAY_MS, freeSlots } from './calendar.mjs';

/** @typedef {import('mysql2/promise').Connection} Connection */
/** @typedef {import('./clinic.mjs').Clinic} Clinic */
/** A visit to enter by hand. @typedef {{ doctor: number, start: number, status: string }} Entry */

const VISIT_MS = 20 * 60_000;
const GRAIN_MS = 5 * 60_000;
const FOUR_WEEKS_MS = 28 * DAY_MS;
const rowsAtOnce = 500;

/** What a clinic consists of; the other clinics are copies of one. */
const copiedTables = [
  'tenants',
  'schedule_versions',
  'users',
  'services',
  'doctors',
  'doctor_services',
  'doctor_availability',
  'patients',
  'appointments',
  'calendar_claims',
];

/** @param {string} id */
const bytesOf = (id) => Buffer.from(id.replaceAll('-', ''), 'hex');

/** The tenant that a token is for. @param {string} token */
export function tenantOf(token) {
  const [, payload = ''] = token.split('.');
  /** @type {unknown} */
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return /** @type {{ tid: string }} */ (claims).tid;
}

/**
 * Gives a clinic its appointments by inserting their rows: every second slot of the days that are half booked, and the rest
 * in the past, all with their claims. What else a booking leaves (history, audit, events) is left out.
 * @param {Connection} connection
 * @param {Clinic} clinic
 * @param {number} count of all appointments
 */
export async function fillClinic(connection, clinic, count) {
  const entries = entriesOf(await freeSlots(clinic, clinic.bookedFrom, clinic.bookedUntil), count);
  for (let at = 0; at < entries.length; at += rowsAtOnce) {
    const { appointments, claims } = rowsOf(clinic, entries.slice(at, at + rowsAtOnce), at);
    await connection.query(
      `INSERT INTO appointments (tenant_id, id, doctor_id, patient_id, service_id, starts_at, ends_at, timezone,
        local_start, status, version, created_at, updated_at) VALUES ?`,
      [appointments],
    );
    await connection.query(
      'INSERT IGNORE INTO calendar_claims (tenant_id, calendar_id, slot, holder_id) VALUES ?',
      [claims],
    );
  }
}

/**
 * Those who come at one time follow one another, so that patients who take turns are different people.
 * @param {string[][]} offered the starts of each doctor on the days to come
 * @param {number} count
 * @returns {Entry[]}
 */
function entriesOf(offered, count) {
  const coming = offered.flatMap((starts, doctor) =>
    starts
      .filter((_, index) => index % 2 === 0)
      .map((startsAt) => ({ doctor, start: Date.parse(startsAt), status: 'confirmed' })),
  );
  const pattern = (offered[0] ?? []).map((startsAt) => Date.parse(startsAt));
  const month = pattern.filter((start) => start < (pattern[0] ?? 0) + FOUR_WEEKS_MS);
  /** @type {Entry[]} */
  const past = [];
  for (let back = 2; past.length < count - coming.length && month.length > 0; back += 1) {
    for (const start of month) {
      for (let doctor = 0; doctor < offered.length; doctor += 1) {
        past.push({ doctor, start: start - back * FOUR_WEEKS_MS, status: 'completed' });
      }
    }
  }
  return [...coming, ...past.slice(0, Math.max(0, count - coming.length))].sort(
    (a, b) => a.start - b.start || a.doctor - b.doctor,
  );
}

/** @param {Clinic} clinic @param {Entry[]} entries @param {number} at how many came before */
function rowsOf({ token, serviceId, doctorIds, patientIds }, entries, at) {
  const tenant = bytesOf(tenantOf(token));
  /** @type {unknown[][]} */
  const appointments = [];
  /** @type {unknown[][]} */
  const claims = [];
  for (const [index, { doctor, start, status }] of entries.entries()) {
    const id = randomBytes(16);
    const doctorId = bytesOf(doctorIds[doctor] ?? '');
    const patientId = bytesOf(patientIds[(at + index) % patientIds.length] ?? '');
    const [startsAt, endsAt] = [new Date(start), new Date(start + VISIT_MS)];
    const visit = [tenant, id, doctorId, patientId, bytesOf(serviceId), startsAt, endsAt, 'Europe/Berlin'];
    appointments.push([...visit, startsAt.toISOString().slice(0, 16), status, 1, startsAt, startsAt]);
    for (const calendar of [doctorId, patientId]) {
      for (let slot = start / GRAIN_MS; slot < (start + VISIT_MS) / GRAIN_MS; slot += 1) {
        claims.push([tenant, calendar, slot, id]);
      }
    }
  }
  return { appointments, claims };
}

/**
 * Adds clinics that are copies of one, under tenants of their own.
 * @param {Connection} connection
 * @param {string} template the tenant to copy
 * @param {number} count
 */
export async function addClinics(connection, template, count) {
  if (count <= 0) return;
  await connection.query('SET SESSION foreign_key_checks = 0');
  await connection.query('CREATE TEMPORARY TABLE new_clinics (id BINARY(16) NOT NULL PRIMARY KEY)');
  for (let made = 0; made < count; made += rowsAtOnce) {
    const ids = Array.from({ length: Math.min(rowsAtOnce, count - made) }, () => [randomBytes(16)]);
    await connection.query('INSERT INTO new_clinics (id) VALUES ?', [ids]);
  }
  for (const table of copiedTables) await copyRows(connection, table, bytesOf(template));
  await connection.query('DROP TEMPORARY TABLE new_clinics');
  await connection.query('SET SESSION foreign_key_checks = 1');
}

/** @param {Connection} connection @param {string} table @param {Buffer} template */
async function copyRows(connection, table, template) {
  const [found] = await connection.query(
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_schema = database() AND table_name = ? AND extra NOT LIKE '%GENERATED%' AND column_name <> 'tenant_id'`,
    [table],
  );
  const columns = /** @type {{ name: string }[]} */ (found).map(({ name }) => `\`${name}\``);
  const values = columns.map((column) =>
    column === '`subdomain`' ? "CONCAT('c-', LOWER(HEX(new_clinics.id)))" : `old.${column}`,
  );
  await connection.query(
    `INSERT INTO ${table} (tenant_id, ${columns.join(', ')})
     SELECT new_clinics.id, ${values.join(', ')} FROM ${table} old JOIN new_clinics WHERE old.tenant_id = ?`,
    [template],
  );
}
