import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Database } from '../src/database/db.ts';
import { bin, sql } from '../src/database/sql.ts';
import { testDatabase } from '../src/database/tests/test-database.ts';
import { authChores } from '../src/domains/auth/index.ts';
import { until } from '../src/shared/tests/until.ts';
import { newId } from '../src/shared/types/id.ts';
import type { Answer } from './support/api.ts';
import { startCheckedServer } from './support/checked-server.ts';
import { aClinic, type Clinic, expectCode, expectStatus, PASSWORD, type Patient } from './support/clinic.ts';
import { lettersTo, tokenFromLetter } from './support/letters.ts';
import type { TestServer } from './support/test-server.ts';

const OWN_PASSWORD = 'another horse, another staple';

let server: TestServer;
let database: Database;
let close: () => Promise<void>;
beforeAll(async () => {
  server = await startCheckedServer();
  ({ database, close } = await testDatabase());
});
afterAll(() => Promise.all([server.stop(), close()]));

/** A clinic that wants addresses proved, with a patient from before. */
let clinic: Clinic;
let owner: Patient;
beforeEach(async () => {
  clinic = await aClinic(server);
  owner = await clinic.patient();
  await clinic.settings({ requireEmailVerification: true });
});

const anAddress = () => `free-${newId()}@example.org`;
const register = async (email: string) => {
  const person = {
    email,
    password: OWN_PASSWORD,
    firstName: 'Kim',
    lastName: 'Example',
    phone: '+49 30 123456',
  };
  return expectStatus(await clinic.anyone.post('/auth/register', person), 201);
};
const logIn = (email: string, password = OWN_PASSWORD) =>
  clinic.anyone.post('/auth/login', { email, password });
const as = ({ body }: Answer) => clinic.anyone.with({ Authorization: `Bearer ${body.tokens.accessToken}` });
const verify = (token: string) => server.api.post('/auth/verify-email', { token });

/** What somebody sees who registers with an address, and tries everything that this opens. */
const seenWith = async (email: string) => {
  const registered = await register(email);
  const api = as(registered);
  const answers = [
    registered,
    await logIn(email),
    await api.get('/auth/me'),
    await api.get('/doctors'),
    await api.post('/auth/verify-email/resend'),
    await api.get('/auth/sessions'),
    await logIn(email, 'a wrong password'),
  ];
  return answers.map(({ status, body }) => [status, body?.code, Object.keys(body?.user ?? body ?? {})]);
};

describe('where addresses have to be proved, registering with one that has an account', () => {
  test('looks the same to whoever does it; a letter tells the owner, whose account stays as it is', async () => {
    expect(await seenWith(owner.email)).toEqual(await seenWith(anAddress()));
    const letters = await until(async () => {
      const found = await lettersTo(server, owner.email);
      return found.length >= 2 ? found : undefined;
    });
    expect(new Set(letters.map(({ subject }) => subject))).toEqual(
      new Set(['You have an account with A Clinic already']),
    );
    expect(expectStatus(await logIn(owner.email, PASSWORD), 200).body.user.id).toBe(owner.userId);
    const token = await tokenFromLetter(server, owner.email);
    expectStatus(
      await server.api.post('/auth/reset-password', { token, newPassword: `${OWN_PASSWORD}!` }),
      204,
    );
  });

  test('does not wipe out the failures of guessing at the owner’s password', async () => {
    const own = as(await register(owner.email));
    for (let tried = 0; tried < 5; tried++) {
      expectStatus(await logIn(owner.email), 200);
      const change = { currentPassword: OWN_PASSWORD, newPassword: OWN_PASSWORD };
      expectStatus(await own.put('/auth/change-password', change), 204);
      expectCode(await logIn(owner.email, 'a wrong password'), 'invalid_credentials');
    }
    expectCode(await logIn(owner.email, PASSWORD), 'account_locked');
  });
});

describe('of several who register with one address', () => {
  test('the one who proves it has it, with a record; the others stay out, whatever the clinic asks for later', async () => {
    const email = anAddress();
    const [first, second] = [await register(email), await register(email)];
    const token = await tokenFromLetter(server, email, 2);
    expect((await as(second).get('/auth/me')).body.patientId).toBeUndefined();
    expectStatus(await verify(token), 204);
    expectStatus(await verify(token), 204);

    const { patientId } = expectStatus(await as(second).get('/auth/me'), 200).body;
    const record = expectStatus(await as(second).get(`/patients/${patientId}`), 200).body;
    expect(record).toMatchObject({ email, phone: '+49 30 123456' });
    const users = (await clinic.admin.api.get('/users?role=patient&q=free')).body.data;
    expect(users.map(({ id }: { id: string }) => id)).toEqual([second.body.user.id]);

    await clinic.settings({ requireEmailVerification: false });
    expectCode(await as(first).get('/doctors'), 'email_not_verified');
    const again = { email, password: OWN_PASSWORD, firstName: 'Kim', lastName: 'Example' };
    expectCode(await clinic.anyone.post('/auth/register', again), 'email_taken');
  });

  test('nobody has it where an administrator gives it to somebody first', async () => {
    const email = anAddress();
    const api = as(await register(email));
    const token = await tokenFromLetter(server, email);
    const colleague = { email, password: PASSWORD, firstName: 'A', lastName: 'B', role: 'receptionist' };
    expectStatus(await clinic.admin.api.post('/users', colleague), 201);
    expectCode(await verify(token), 'email_taken');
    expectCode(await api.get('/doctors'), 'email_not_verified');
  });
});

test('an account that never proved its address is forgotten once its sessions and letters are', async () => {
  const { user } = (await register(anAddress())).body;
  const tenant = bin(clinic.tenantId);
  const of = sql`tenant_id = ${tenant} AND user_id = ${bin(user.id)}`;
  const doChores = async () => {
    for (const { forget } of authChores) await database.system.run(forget);
    return (
      await database.read(clinic.tenantId).many(sql`
      SELECT id FROM users WHERE tenant_id = ${tenant} AND id = ${bin(user.id)}`)
    ).length;
  };
  await database.system.run(sql`
    UPDATE registrations SET created_at = UTC_TIMESTAMP() - INTERVAL 61 DAY WHERE ${of}`);
  expect(await doChores()).toBe(1);
  await database.system.run(sql`DELETE FROM sessions WHERE ${of}`);
  await database.system.run(sql`DELETE FROM account_links WHERE ${of}`);
  expect(await doChores()).toBe(0);
});
