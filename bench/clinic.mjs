// @ts-check
import { randomBytes } from 'node:crypto';
import { createApiClient } from './api-client.mjs';
import { DAY_MS, freeSlots, visitsIn } from './calendar.mjs';
import { workOff } from './clients.mjs';

/** @typedef {import('./api-client.mjs').ApiClient} ApiClient */
/** @typedef {import('./api-client.mjs').Made} Made */
/** @typedef {import('./calendar.mjs').Visit} Visit */
/** Of an answer to sign-up or login. @typedef {{ tokens: { accessToken: string } }} Signed */

/**
 * A clinic of realistic size, and its receptionist, who books. `bookedFrom` and `bookedUntil` enclose the days that are half booked.
 * @typedef {object} Clinic
 * @property {ApiClient} reception
 * @property {string} token of the receptionist
 * @property {ApiClient} anyone who names the clinic and has no token
 * @property {{ email: string, password: string }} login of the receptionist
 * @property {string[]} doctorIds
 * @property {string[]} patientIds
 * @property {string} serviceId
 * @property {Date} bookedFrom
 * @property {Date} bookedUntil
 */

const timezone = 'Europe/Berlin';
const connections = 8;
const workdays = [1, 2, 3, 4, 5].flatMap((dayOfWeek) => [
  { dayOfWeek, startTime: '08:00', endTime: '12:00' },
  { dayOfWeek, startTime: '13:00', endTime: '18:00' },
]);

/**
 * Makes a clinic through the API: doctors who work full weeks, patients, and every second slot of the coming days booked.
 * @param {string} url of the server
 * @param {import('./options.mjs').Plan['clinic']} size
 * @returns {Promise<Clinic>}
 */
export async function makeClinic(url, size) {
  const anyone = createApiClient(`${url}/api/v1`, connections);
  const { admin, reception, token, ...strangers } = await openClinic(anyone);
  const serviceId = await add(admin, '/services', {
    name: 'Check-up',
    durationMinutes: 20,
    price: { amount: 6000, currency: 'EUR' },
  });
  const firstVisitId = await add(admin, '/services', {
    name: 'First visit',
    durationMinutes: 40,
    bufferAfterMinutes: 5,
  });
  const doctorIds = await addDoctors(admin, size.doctors, [serviceId, firstVisitId]);
  const patientIds = await addPatients(reception, size.patients);
  const bookedFrom = new Date(Math.ceil(Date.now() / DAY_MS) * DAY_MS);
  const bookedUntil = new Date(bookedFrom.getTime() + size.bookedDays * DAY_MS);
  const clinic = {
    ...strangers,
    reception,
    token,
    doctorIds,
    patientIds,
    serviceId,
    bookedFrom,
    bookedUntil,
  };
  if (size.isBooked !== false) await bookHalf(clinic);
  return clinic;
}

/** @param {ApiClient} anyone */
async function openClinic(anyone) {
  const subdomain = `bench-${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  const person = { password, firstName: 'Mara', lastName: 'Lindt' };
  const owner = { ...person, email: 'admin@bench.example' };
  const signUp = { name: 'A clinic to measure', subdomain, timezone, owner };
  const signedUp = /** @type {Signed} */ (await anyone.make('POST', '/tenants', signUp, 201));
  const admin = anyone.with(bearer(signedUp.tokens.accessToken));
  const email = 'reception@bench.example';
  await admin.make('POST', '/users', { ...person, email, role: 'receptionist' }, 201);
  const here = anyone.with({ 'X-Tenant-Subdomain': subdomain });
  const login = { email, password };
  const token = await logIn(here, login);
  return { admin, reception: anyone.with(bearer(token)), token, anyone: here, login };
}

/** @param {ApiClient} anyone @param {Clinic['login']} login @returns {Promise<string>} the token */
async function logIn(anyone, login) {
  const { tokens } = /** @type {Signed} */ (await anyone.make('POST', '/auth/login', login, 200));
  return tokens.accessToken;
}

/**
 * The same clinic, whose receptionist has just logged in: a token ends while a large database is filled.
 * @param {Clinic} clinic
 * @returns {Promise<Clinic>}
 */
export async function logInAgain(clinic) {
  const token = await logIn(clinic.anyone, clinic.login);
  return { ...clinic, token, reception: clinic.anyone.with(bearer(token)) };
}

/** @param {string} token */
export function bearer(token) {
  return { Authorization: `Bearer ${token}` };
}

/** @param {ApiClient} api @param {string} path @param {object} body @returns {Promise<string>} the id of what was made */
async function add(api, path, body) {
  return /** @type {Made} */ (await api.make('POST', path, body, 201)).id;
}

/** @param {ApiClient} admin @param {number} count @param {string[]} serviceIds */
async function addDoctors(admin, count, serviceIds) {
  /** @type {string[]} */
  const ids = [];
  for (let number = 1; number <= count; number += 1) {
    const id = await add(admin, '/doctors', {
      firstName: 'Ada',
      lastName: `Berger ${number}`,
      title: 'Dr.',
      specializations: ['General practice'],
      languages: ['de', 'en'],
      timezone,
      serviceIds,
    });
    await admin.make('PUT', `/doctors/${id}/availability`, { timezone, rules: workdays }, 200);
    ids.push(id);
  }
  return ids;
}

/** @param {ApiClient} reception @param {number} count */
async function addPatients(reception, count) {
  /** @type {string[]} */
  const ids = [];
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  await workOff(connections, numbers, async (number) => {
    const id = await add(reception, '/patients?force=true', {
      firstName: 'Nora',
      lastName: `Klein ${number}`,
      dateOfBirth: '1988-04-12',
      email: `patient-${number}@bench.example`,
      phone: `+49 30 ${1_000_000 + number}`,
    });
    ids.push(id);
  });
  return ids;
}

/** @param {Clinic} clinic */
async function bookHalf(clinic) {
  const { reception, bookedFrom, bookedUntil } = clinic;
  const offered = await freeSlots(clinic, bookedFrom, bookedUntil);
  const everySecond = offered.map((starts) => starts.filter((_, index) => index % 2 === 0));
  await workOff(connections, visitsIn(clinic, everySecond), (visit) => book(reception, visit));
}

/**
 * Books a visit, and answers the appointment.
 * @param {ApiClient} api
 * @param {Visit} visit
 */
export async function book(api, visit) {
  return /** @type {Made} */ (await api.make('POST', '/appointments', visit, 201));
}
