// @ts-check
import { randomBytes } from 'node:crypto';
import { DAY_MS, freeSlots } from './calendar.mjs';
import { makeClinic } from './clinic.mjs';
import { connect } from './driver.mjs';

/** @typedef {import('mysql2/promise').Connection} Connection */
/** @typedef {import('./clinic.mjs').Clinic} Clinic */
/** A visit to enter by hand. @typedef {{ doctor: number, start: number, status: string }} Entry */

const VISIT_MS = 20 * 60_000;
const GRAIN_MS = 5 * 60_000;
const FOUR_WEEKS_MS = 28 * DAY_MS;
const rowsAtOnce = 2_000;
/** Whose rows are copied by one statement. */
const clinicsAtOnce = 500;

/** Of which the other clinics are copies. */
const smallClinic = { doctors: 3, patients: 20, bookedDays: 3 };

/** What a clinic consists of; the other clinics are copies of one. */
const copiedTables = [
  'tenants',
  'schedule_versions',
  'calendar_versions',
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
 * Gives a clinic its past and its database other clinics.
 * @param {{ clinics: number, appointments: number }} size
 * @param {{ address: import('./servers.mjs').DatabaseAddress, database: string, url: string, clinic: Clinic }} place
 */
export async function fillDatabase({ clinics, appointments }, { address, database, url, clinic }) {
  const connection = await connect(address, database, ['SET SESSION foreign_key_checks = 0']);
  await fillClinic(connection, clinic, appointments);
  if (clinics > 1) {
    const other = await makeClinic(url, smallClinic);
    await addClinics(connection, tenantOf(other.token), clinics - 2);
    other.reception.close();
  }
  await connection.query('ANALYZE TABLE appointments, calendar_claims');
  await connection.end();
}

/**
 * Gives a clinic its appointments by inserting their rows: every second slot of the days that are half booked, and the rest
 * in the past, all with their claims. What else a booking leaves (history, audit, events) is left out.
 * @param {Connection} connection
 * @param {Clinic} clinic
 * @param {number} count of all appointments
 */
async function fillClinic(connection, clinic, count) {
  const offered = await freeSlots(clinic, clinic.bookedFrom, clinic.bookedUntil);
  const tenant = bytesOf(tenantOf(clinic.token));
  let entered = 0;
  /** @type {Entry[]} */
  let batch = [];
  const enter = async () => {
    if (batch.length === 0) return;
    await insertAppointments(connection, clinic, batch, entered);
    const starts = batch.map(({ start }) => start);
    for (const calendar of ['doctor_id', 'patient_id']) await claim(connection, tenant, calendar, starts);
    entered += batch.length;
    batch = [];
  };
  for (const entry of entriesOf(offered, count)) {
    batch.push(entry);
    if (batch.length === rowsAtOnce) await enter();
  }
  await enter();
}

/**
 * Those who come at one time follow one another, so that patients who take turns are different people.
 * @param {string[][]} offered the starts of each doctor on the days to come
 * @param {number} count
 * @returns {Generator<Entry>}
 */
function* entriesOf(offered, count) {
  const coming = offered
    .flatMap((starts, doctor) =>
      starts
        .filter((_, index) => index % 2 === 0)
        .map((startsAt) => ({ doctor, start: Date.parse(startsAt), status: 'confirmed' })),
    )
    .sort((a, b) => a.start - b.start || a.doctor - b.doctor);
  yield* coming;
  const pattern = (offered[0] ?? []).map((startsAt) => Date.parse(startsAt));
  const month = pattern.filter((start) => start < (pattern[0] ?? 0) + FOUR_WEEKS_MS);
  let left = month.length === 0 ? 0 : count - coming.length;
  for (let back = 2; left > 0; back += 1) {
    for (const start of month) {
      for (let doctor = 0; doctor < offered.length && left > 0; doctor += 1, left -= 1) {
        yield { doctor, start: start - back * FOUR_WEEKS_MS, status: 'completed' };
      }
    }
  }
}

/** As those that the server makes: they grow with time. @param {number} at */
function idOf(at) {
  const id = randomBytes(16);
  id.writeUIntBE(at, 0, 6);
  return id;
}

/** @param {Connection} connection @param {Clinic} clinic @param {Entry[]} entries @param {number} entered how many came before */
async function insertAppointments(connection, clinic, entries, entered) {
  const { token, serviceId, doctorIds, patientIds } = clinic;
  const [tenant, service] = [bytesOf(tenantOf(token)), bytesOf(serviceId)];
  const rows = entries.map(({ doctor, start, status }, index) => {
    const doctorId = bytesOf(doctorIds[doctor] ?? '');
    const patientId = bytesOf(patientIds[(entered + index) % patientIds.length] ?? '');
    const [startsAt, endsAt] = [new Date(start), new Date(start + VISIT_MS)];
    const local = startsAt.toISOString().slice(0, 16);
    const visit = [
      tenant,
      idOf(start),
      doctorId,
      patientId,
      service,
      startsAt,
      endsAt,
      'Europe/Berlin',
      local,
    ];
    return [...visit, status, 1, startsAt, startsAt];
  });
  await connection.query(
    `INSERT INTO appointments (tenant_id, id, doctor_id, patient_id, service_id, starts_at, ends_at, timezone,
      local_start, status, version, created_at, updated_at) VALUES ?`,
    [rows],
  );
}

/** @param {Connection} connection @param {Buffer} tenant @param {string} calendar whose id is in which column @param {number[]} starts */
async function claim(connection, tenant, calendar, starts) {
  const grains = Array.from({ length: VISIT_MS / GRAIN_MS }, (_, grain) => `SELECT ${grain} AS grain`);
  await connection.query(
    `INSERT IGNORE INTO calendar_claims (tenant_id, calendar_id, slot, holder_id)
     SELECT a.tenant_id, a.${calendar}, TIMESTAMPDIFF(SECOND, '1970-01-01', a.starts_at) DIV ? + grains.grain, a.id
     FROM appointments a JOIN (${grains.join(' UNION ALL ')}) grains
     WHERE a.tenant_id = ? AND a.starts_at BETWEEN ? AND ?`,
    [GRAIN_MS / 1000, tenant, new Date(starts.reduce(least)), new Date(starts.reduce(most))],
  );
}

const least = (/** @type {number} */ a, /** @type {number} */ b) => Math.min(a, b);
const most = (/** @type {number} */ a, /** @type {number} */ b) => Math.max(a, b);

/**
 * Adds clinics that are copies of one, under tenants of their own.
 * @param {Connection} connection
 * @param {string} template the tenant to copy
 * @param {number} count
 */
async function addClinics(connection, template, count) {
  if (count <= 0) return;
  await connection.query('CREATE TEMPORARY TABLE new_clinics (id BINARY(16) NOT NULL PRIMARY KEY)');
  for (let made = 0; made < count; made += clinicsAtOnce) {
    const ids = Array.from({ length: Math.min(clinicsAtOnce, count - made) }, () => [randomBytes(16)]);
    await connection.query('INSERT INTO new_clinics (id) VALUES ?', [ids]);
    for (const table of copiedTables) await copyRows(connection, table, bytesOf(template));
    await connection.query('DELETE FROM new_clinics');
  }
  await connection.query('DROP TEMPORARY TABLE new_clinics');
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
