import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createApi } from './support/api.ts';
import { aClinic, expectStatus, PASSWORD } from './support/clinic.ts';
import { migrateTestDatabase, testConfig } from '../src/database/tests/test-database.ts';
import { startServer, type RunningServer } from '../src/start-server.ts';
import { createGate, type Gate } from '../src/shared/tests/gate.ts';
import { until } from '../src/shared/tests/until.ts';
import { createLogger } from '../src/shared/utils/logger.ts';

const MONDAY_9 = '2027-03-22T08:00:00.000Z'; // 09:00 in Berlin
const REASON = 'a persistent cough';
const NOTES = 'afraid of needles';

let log = '';
let gate: Gate;
let server: RunningServer;
beforeAll(async () => {
  const config = testConfig();
  await migrateTestDatabase(config);
  gate = await createGate(config.database);
  const logger = createLogger({ ...config, logLevel: 'trace' }, { write: (line) => (log += line) });
  const database = { ...config.database, host: '127.0.0.1', port: gate.port };
  server = await startServer({ ...config, database, port: 0 }, logger, {
    now: () => new Date('2027-03-15T08:00:00.000Z'),
  });
});
afterAll(async () => {
  await server.shutdown.begin('The test is over');
  await gate.shut();
});

describe('the log of a clinic’s day, at its most talkative', () => {
  test('holds no password, no token and nothing of what a patient says, also when the database fails', async () => {
    const api = createApi(`http://127.0.0.1:${server.port}/api/v1`);
    const clinic = await aClinic({ api });
    const serviceId = await clinic.service();
    const doctorId = await clinic.doctor([serviceId]);
    const patient = await clinic.patient();
    const login = { email: patient.email, password: PASSWORD };
    const { tokens } = expectStatus(await clinic.anyone.post('/auth/login', login), 200).body;
    await clinic.anyone.post('/auth/login', { ...login, password: 'wrong-password' });
    await clinic.anyone.post('/auth/login', `{"password":"${PASSWORD}"`);
    const visit = { doctorId, serviceId, startsAt: MONDAY_9, reason: REASON, notes: NOTES };
    const key = { 'Idempotency-Key': 'logged' };
    expectStatus(await patient.api.post('/appointments', visit, key), 201);
    expectStatus(await patient.api.get(`/appointments?reason=${encodeURIComponent(REASON)}`), 422);
    await gate.shut();
    expectStatus(await patient.api.post('/appointments', visit), 503);
    await gate.open();
    expectStatus(await patient.api.post('/auth/refresh', { refreshToken: tokens.refreshToken }), 200);
    await until(() => log.includes('/auth/refresh'));

    expect(log).toContain('is not available');
    expect(log).toContain('"path":"/api/v1/appointments"');
    const secrets = [PASSWORD, 'wrong-password', REASON, encodeURIComponent(REASON), NOTES];
    const everyToken = [patient.token, patient.refreshToken, tokens.accessToken, tokens.refreshToken, 'eyJ'];
    for (const secret of [...secrets, ...everyToken]) expect(log).not.toContain(secret);
    expect(log).not.toMatch(/Bearer [^[]/);
  });
});
