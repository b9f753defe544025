import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { problemsOf } from '../src/api/route-problems.ts';
import { calendar } from './contract/calendar.ts';
import { people } from './contract/people.ts';
import { refusals } from './contract/refusals.ts';
import { sessions } from './contract/sessions.ts';
import { setUp } from './contract/set-up.ts';
import { visits } from './contract/visits.ts';
import { startCheckedServer } from './support/checked-server.ts';
import { aClinic, expectCode } from './support/clinic.ts';
import { apiDocument, everyRoute } from './support/route-table.ts';
import type { TestServer } from './support/test-server.ts';

/** Documented, and not met on the tour, for the reason given. */
const NOT_MET: Readonly<Record<string, string>> = {
  internal_error: 'needs a fault of ours',
  unavailable: 'needs a server that is down',
  idempotency_in_progress: 'needs a race, which booking.e2e.test.ts runs',
  tenant_suspended: 'platform.e2e.test.ts meets it',
  plan_limit_reached: 'platform.e2e.test.ts meets it',
  tenant_being_deleted: 'tenant-deletion.e2e.test.ts meets it',
  rate_limited: 'rate-limits.e2e.test.ts meets it',
  uri_too_long: 'hardening.e2e.test.ts meets it',
  appointment_limit_reached: 'calendar.e2e.test.ts meets it',
  patient_merged: 'patients/records.e2e.test.ts meets it; fetch follows it',
  possible_duplicate: 'patients/records.e2e.test.ts meets it',
  upcoming_appointments: 'patients/records.e2e.test.ts meets it',
  idempotency_answer_lost: 'needs another secret, which idempotency.integration.test.ts has',
  email_not_verified: 'accounts.e2e.test.ts meets it',
  mfa_setup_required: 'accounts.e2e.test.ts meets it',
  mfa_required: 'accounts.e2e.test.ts meets it',
  account_locked: 'accounts.e2e.test.ts meets it',
  hold_not_found: 'calendar.e2e.test.ts meets it',
  hold_expired: 'calendar.e2e.test.ts meets it',
  hold_mismatch: 'calendar.e2e.test.ts meets it',
  still_booked: 'in-use.e2e.test.ts meets it',
  place_not_in_use: 'in-use.e2e.test.ts meets it',
  room_elsewhere: 'in-use.e2e.test.ts meets it',
};

/** Routes that have a tour of their own, on a server that is checked like this one. */
const ELSEWHERE = [
  '/analytics',
  '/api-keys',
  '/appointments/holds',
  '/appointments/series',
  '/appointments/{id}/confirm',
  '/appointments/{id}/ics',
  '/auth/accept-invitation',
  '/auth/forgot-password',
  '/auth/mfa',
  '/auth/reset-password',
  '/auth/verify-email',
  '/calendar',
  '/calendar-feeds',
  '/closures/import',
  '/doctors/{id}/absences',
  '/files',
  '/medical-notes',
  '/patients/import',
  '/patients/{id}/access-log',
  '/patients/{id}/break-glass',
  '/patients/{id}/consents',
  '/patients/{id}/dependants',
  '/patients/{id}/erase',
  '/patients/{id}/export',
  '/patients/{id}/guardians',
  '/patients/{id}/medical-info',
  '/patients/{id}/merge',
  '/patients/{id}/timeline',
  '/roles',
  '/notifications',
  '/events',
  '/maintenance-notices',
  '/platform/logging',
  '/platform/maintenance-notices',
  '/platform/tenants',
  '/tenants/current/domains',
  '/users/invitations',
  '/users/{id}/mfa',
  '/waitlist',
  '/webhooks',
];
const tour = everyRoute.filter(
  ({ path }) => !ELSEWHERE.some((begin) => path === begin || path.startsWith(`${begin}/`)),
);

/** `GET /doctors/{id} 404 doctor_not_found`, for every answer on the tour. */
const met = new Set<string>();

let server: TestServer;
let closed: TestServer;
/** One clinic from its sign-up to the last log-out. A call whose answer is not as documented throws. */
beforeAll(async () => {
  const heard: Parameters<typeof startCheckedServer>[0] = ({ answer }, route) => {
    if (route !== undefined) met.add([route, answer.status, answer.body?.code].filter(Boolean).join(' '));
  };
  [server, closed] = await Promise.all([
    startCheckedServer(heard),
    startCheckedServer(heard, { signUpEnabled: false }),
  ]);
  const clinic = await aClinic(server);
  const { serviceId, locationId, roomId } = await setUp(clinic);
  const { doctor, patient } = await people(clinic);
  const doctorId = await calendar({ clinic, doctor, serviceId, locationId });
  await visits({ clinic, patient, doctorId, serviceId, locationId, roomId });
  await refusals(server, clinic);
  const owner = {
    email: 'ada@example.org',
    password: 'correct horse battery',
    firstName: 'Ada',
    lastName: 'B',
  };
  const signUp = { name: 'Late', subdomain: 'late-clinic', timezone: 'Europe/Berlin', owner };
  expectCode(await closed.api.post('/tenants', signUp), 'sign_up_disabled');
  await sessions(server, clinic);
});
afterAll(() => Promise.all([server.stop(), closed.stop()]));

const notMet = (lines: readonly string[]): string[] => lines.filter((line) => !met.has(line));

test('every route was answered as documented when all was well', () => {
  const successes = tour.map(({ name, definition }) => `${name} ${definition.response[0]}`);
  expect(notMet(successes)).toEqual([]);
});

test('every route was refused in every way of its own', () => {
  const ways = tour.flatMap(({ name, definition: { problems = [] } }) =>
    problems.filter(({ code }) => !(code in NOT_MET)).map(({ status, code }) => `${name} ${status} ${code}`),
  );
  expect(notMet(ways)).toEqual([]);
});

test('every problem of the API was met, except those that say why not', () => {
  const codes = new Set(tour.flatMap(({ definition }) => problemsOf(definition).map(({ code }) => code)));
  const metCodes = new Set([...met].map((line) => line.split(' ').at(-1)));
  expect([...codes].filter((code) => !metCodes.has(code) && !(code in NOT_MET))).toEqual([]);
});

test('the server publishes the document by which it was judged', async () => {
  const response = await fetch(`${server.url}/docs/swagger.json`);
  const { paths, components } = (await response.json()) as typeof apiDocument;
  expect({ paths, components }).toEqual(
    JSON.parse(JSON.stringify({ paths: apiDocument.paths, components: apiDocument.components })),
  );
});
