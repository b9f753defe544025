import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { newId } from '../src/shared/types/id.ts';
import { until } from '../src/shared/tests/until.ts';
import { aClinic, type Clinic, expectCode, expectStatus } from './support/clinic.ts';
import { anOperator, type Operator } from './support/operator.ts';
import { startCheckedServer } from './support/checked-server.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

const LOGGING = '/platform/logging';
const settings = { logLevel: 'warn', streamPrefix: '{logging-test}' } as const;

const WARN = 40;
const logs = { here: '', elsewhere: '' };
let here: TestServer;
let elsewhere: TestServer;
let operator: Operator;
let clinic: Clinic;
beforeAll(async () => {
  here = await startCheckedServer(undefined, settings, { write: (line) => (logs.here += line) });
  elsewhere = await startTestServer(settings, { write: (line) => (logs.elsewhere += line) });
  operator = await anOperator(here);
});
beforeEach(async () => {
  clinic = await aClinic(here);
});
afterAll(() => Promise.all([here.stop(), elsewhere.stop()]));

const asAdmin = (server: TestServer, { admin }: Clinic) =>
  server.api.with({ Authorization: `Bearer ${admin.token}` });
const hears = (text: string) => until(() => logs.elsewhere.includes(text));

test('of a clinic that is named everything is logged in every process, of others nothing more, until the time is over', async () => {
  const other = await aClinic(here);
  const asked = { tenantIds: [clinic.tenantId], minutes: 5 };
  const changed = expectStatus(await operator.api.put(LOGGING, asked), 200).body;
  expect(changed).toEqual({
    configuredLevel: 'warn',
    level: 'warn',
    tenantIds: [clinic.tenantId],
    until: '2027-03-15T08:05:00.000Z',
  });
  expect((await operator.api.get(LOGGING)).body).toEqual(changed);
  await until(async () => {
    for (const each of [clinic, other]) {
      const api = asAdmin(elsewhere, each);
      await api.post('/services', { name: 'Secret' });
      await api.post('/services', { name: `Secret ${newId()}`, durationMinutes: 30 });
    }
    return logs.elsewhere.includes(clinic.tenantId);
  });
  await hears('"query":"doctors.service.insert"');
  await hears('"code":"validation_failed"');
  expect(logs.elsewhere).toContain('"route":"/services"');
  expect(logs.elsewhere).not.toContain('Secret');
  const quiet = logs.elsewhere.split('\n').filter((line) => line.includes(other.tenantId));
  for (const line of quiet) expect(JSON.parse(line).level).toBeGreaterThanOrEqual(WARN);

  expectStatus(await operator.api.delete(LOGGING), 204);
  await until(async () => {
    const told = logs.elsewhere.length;
    await asAdmin(elsewhere, clinic).get('/services');
    return logs.elsewhere.length === told;
  });
});

test('the level changes in every process, and in one that starts later', async () => {
  expectStatus(await operator.api.put(LOGGING, { level: 'info', minutes: 5 }), 200);
  let log = '';
  const later = await startTestServer(settings, { write: (line) => (log += line) });
  await until(async () => {
    await later.api.get('/tenants/current');
    return log.includes('"path":"/api/v1/tenants/current"');
  });
  await later.stop();
  expectStatus(await operator.api.delete(LOGGING), 204);
});

test('404 for a clinic that there is not, 422 for no time, 403 for everybody of a clinic', async () => {
  expectCode(await operator.api.put(LOGGING, { tenantIds: [newId()] }), 'tenant_not_found');
  for (const body of [{ minutes: 0 }, { minutes: 1441 }, { level: 'loud' }])
    expectCode(await operator.api.put(LOGGING, body), 'validation_failed');
  expectCode(await clinic.admin.api.put(LOGGING, { level: 'debug' }), 'forbidden');
});
