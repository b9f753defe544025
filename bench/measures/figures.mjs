// @ts-check
import { progress } from '../../scripts/servers/say.mjs';
import { createApiClient } from '../api-client.mjs';
import { migrate, productionSettings, requireBuild, startBuiltServer } from '../built-server.mjs';
import { DAY_MS } from '../calendar.mjs';
import { bearer } from '../clinic.mjs';
import { connect, prepareDatabases } from '../driver.mjs';
import { toRows } from '../rows.mjs';
import { databases, openBenchServers } from '../servers.mjs';
import { tableOf } from '../table.mjs';

/** @typedef {import('mysql2/promise').Connection} Connection */
/** @typedef {import('../api-client.mjs').ApiClient} ApiClient */
/** @typedef {import('../rows.mjs').Series} Series */
/** @typedef {{ doctors: number, days: number, otherClinics: number, rounds: number }} Size */
/** @typedef {{ name: string, api: ApiClient, days: number, baseline?: string }} Question */

const figures = ['summary', 'utilization', 'no-shows', 'heatmap', 'lead-time', 'waitlist', 'reminders'];
const MONTH = 30;
const YEAR = 365;
const VISITS_A_DAY = 16;
const OTHER_DOCTORS = 2;
const CLINICS_AT_ONCE = 50;

/**
 * Fills the tables of figures as they are after so much has happened, and asks. Answers the lines to print.
 * @param {{ folder: string, mysql: boolean, size: Size, password: string }} options
 * @returns {Promise<string[]>}
 */
export async function measureFigures({ folder, mysql, size, password }) {
  requireBuild();
  const servers = await openBenchServers(folder, mysql);
  const { title } = await prepareDatabases(servers.database, [databases.served]);
  const settings = productionSettings(servers, databases.served);
  await migrate(settings, folder);
  const server = await startBuiltServer({ settings, folder, name: 'server' });
  const database = await connect(servers.database, databases.served, []);
  const anyone = createApiClient(`${server.url}/api/v1`, 4);
  await prepareNumbers(database, Math.max(size.days, size.doctors, size.otherClinics));

  progress(`Filling a clinic of ${size.doctors} doctors with ${size.days} days …`);
  const [young, old] = [await signUp(anyone, 'young', password), await signUp(anyone, 'old', password)];
  await fill(database, [young.id], size.doctors, MONTH * 2);
  await fill(database, [old.id], size.doctors, size.days);
  await analyze(database);
  const names = { young: 'a month, of one month', old: 'a month, of years', year: 'a year, of years' };
  const first = await ask(size.rounds, [
    { name: names.young, api: young.api, days: MONTH },
    { name: names.old, api: old.api, days: MONTH, baseline: names.young },
    { name: names.year, api: old.api, days: Math.min(YEAR, size.days / 2), baseline: names.old },
  ]);

  progress(`Filling ${size.otherClinics} more clinics …`);
  for (let from = 0; from < size.otherClinics; from += CLINICS_AT_ONCE) {
    const ids = Array.from(
      { length: Math.min(CLINICS_AT_ONCE, size.otherClinics - from) },
      (_, at) => `00000000000070008000${String(from + at).padStart(12, '0')}`,
    );
    await fill(database, ids, OTHER_DOCTORS, MONTH);
  }
  await analyze(database);
  const beside = `a month, beside ${size.otherClinics} clinics`;
  const again = await ask(size.rounds, [{ name: beside, api: old.api, days: MONTH, baseline: names.old }]);
  await database.end();
  anyone.close();
  await server.stop();
  const series = figures.flatMap((figure) =>
    [...first, ...again].filter(({ name }) => name.startsWith(`${figure}: `)),
  );
  return [`${title}, ${size.doctors} doctors with ${VISITS_A_DAY} visits a day`, '', tableOf(toRows(series))];
}

/** @param {ApiClient} anyone @param {string} name @param {string} password */
async function signUp(anyone, name, password) {
  const owner = { email: `${name}@bench.example`, password, firstName: 'Mara', lastName: 'Lindt' };
  const clinic = { name, subdomain: `bench-${name}`, timezone: 'UTC', owner };
  const { tenant, tokens } = /** @type {{ tenant: { id: string }, tokens: { accessToken: string } }} */ (
    await anyone.make('POST', '/tenants', clinic, 201)
  );
  return { id: tenant.id.replaceAll('-', ''), api: anyone.with(bearer(tokens.accessToken)) };
}

/**
 * Each question about each figure once a round, all in turns.
 * @param {number} rounds
 * @param {Question[]} questions
 * @returns {Promise<Series[]>}
 */
async function ask(rounds, questions) {
  const asked = figures.flatMap((figure) =>
    questions.map(({ name, api, days, baseline }) => ({
      api,
      path: `/analytics/${figure}?${periodOf(days)}`,
      /** @type {Series} */
      series: {
        name: `${figure}: ${name}`,
        rounds: [],
        ...(baseline === undefined ? {} : { baseline: `${figure}: ${baseline}` }),
      },
    })),
  );
  for (const { api, path } of asked) await api.make('GET', path, undefined, 200);
  for (let round = 0; round < rounds; round += 1) {
    for (const { api, path, series } of asked) {
      const startedAt = performance.now();
      await api.make('GET', path, undefined, 200);
      series.rounds.push({ times: [performance.now() - startedAt] });
    }
  }
  return asked.map(({ series }) => series);
}

/** The last days before today. @param {number} days */
function periodOf(days) {
  const date = (/** @type {number} */ ago) => new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10);
  return new URLSearchParams({ from: date(Math.floor(days)), to: date(1) }).toString();
}

/** @param {Connection} database @param {number} count */
async function prepareNumbers(database, count) {
  await database.query('CREATE TABLE bench_numbers (n INT UNSIGNED NOT NULL PRIMARY KEY)');
  await database.query('INSERT INTO bench_numbers (n) VALUES ?', [
    Array.from({ length: count + 1 }, (_, n) => [n]),
  ]);
}

/** @param {Connection} database */
async function analyze(database) {
  await database.query('ANALYZE TABLE analytics_visits, analytics_days, analytics_hours, analytics_working');
}

/** An id that follows from a text. @param {string} text in SQL */
const idOf = (text) => `UNHEX(LEFT(SHA2(${text}, 256), 32))`;

/**
 * Visits of so many doctors on each of the last days, what they amount to, and the hours in which the doctors worked.
 * @param {Connection} database
 * @param {string[]} tenantIds in hexadecimal digits
 * @param {number} doctors
 * @param {number} days
 */
async function fill(database, tenantIds, doctors, days) {
  const tenants = tenantIds.map((id) => `SELECT x'${id}' AS tenant_id`).join(' UNION ALL ');
  const doctor = idOf("CONCAT(HEX(t.tenant_id), ' doctor ', d.n)");
  const date = 'DATE_SUB(UTC_DATE(), INTERVAL day.n + 1 DAY)';
  const from = `FROM (${tenants}) AS t JOIN bench_numbers d ON d.n < ${doctors} JOIN bench_numbers day ON day.n < ${days}`;
  const nowhere = "x'00000000000000000000000000000000'";
  await database.query(`
    INSERT INTO analytics_visits (tenant_id, id, patient_id, doctor_id, location_id, service_id, starts_at, minutes,
      local_date, local_hour, status, lead_hours, late_cancelled, price_amount, price_currency, reminded,
      attendance_confirmed, first_visit)
    SELECT t.tenant_id, ${idOf("CONCAT(HEX(t.tenant_id), ' visit ', d.n, ' ', day.n, ' ', v.n)")},
      ${idOf("CONCAT(HEX(t.tenant_id), ' patient ', (day.n * 131 + d.n * 17 + v.n) % 20000)")}, ${doctor}, ${nowhere},
      ${idOf("CONCAT(HEX(t.tenant_id), ' service ', v.n % 3)")},
      DATE_ADD(${date}, INTERVAL 480 + v.n * 30 MINUTE), 30, ${date}, 8 + FLOOR(v.n / 2),
      ELT(1 + (day.n + v.n * 7 + d.n) % 10, 'cancelled', 'no_show', 'completed', 'completed', 'completed', 'completed',
        'completed', 'completed', 'completed', 'completed'),
      (day.n * 13 + v.n * 37 + d.n * 5) % 900, 0, 6000, 'EUR', v.n % 2, 0, 0
    ${from} JOIN bench_numbers v ON v.n < ${VISITS_A_DAY}`);
  const counted = ['pending', 'confirmed', 'checked_in', 'in_progress', 'completed', 'cancelled', 'no_show'];
  await database.query(`
    INSERT INTO analytics_days (tenant_id, local_date, doctor_id, location_id, service_id, currency,
      ${counted.join(', ')}, late_cancelled, booked_minutes, booked_amount, completed_amount, reminded,
      reminded_attended, reminded_no_show, reminded_cancelled, attendance_confirmed)
    SELECT tenant_id, local_date, doctor_id, location_id, service_id, price_currency,
      ${counted.map((status) => `SUM(status = '${status}')`).join(', ')}, 0, SUM(minutes), SUM(price_amount),
      SUM(price_amount), SUM(reminded), 0, 0, 0, 0
    FROM analytics_visits WHERE tenant_id IN (${tenantIds.map((id) => `x'${id}'`).join(', ')})
    GROUP BY tenant_id, local_date, doctor_id, location_id, service_id, price_currency`);
  await database.query(`
    INSERT INTO analytics_hours (tenant_id, local_date, local_hour, doctor_id, location_id, service_id, visits, no_shows)
    SELECT tenant_id, local_date, local_hour, doctor_id, location_id, service_id, COUNT(*), SUM(status = 'no_show')
    FROM analytics_visits WHERE tenant_id IN (${tenantIds.map((id) => `x'${id}'`).join(', ')})
    GROUP BY tenant_id, local_date, local_hour, doctor_id, location_id, service_id`);
  await database.query(`
    INSERT INTO analytics_working (tenant_id, local_date, doctor_id, location_id, minutes)
    SELECT t.tenant_id, ${date}, ${doctor}, ${nowhere}, 540 ${from}`);
}
