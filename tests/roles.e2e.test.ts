import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '../src/shared/types/id.ts';
import { until } from '../src/shared/tests/until.ts';
import { startCheckedServer } from './support/checked-server.ts';
import { aClinic, type Clinic, expectCode, expectStatus, PASSWORD, type Person } from './support/clinic.ts';
import { listen } from './support/listener.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let server: TestServer;
let elsewhere: TestServer;
let clinic: Clinic;
beforeAll(async () => {
  [server, elsewhere] = [await startCheckedServer(), await startTestServer()];
});
beforeEach(async () => {
  clinic = await aClinic(server);
});
afterAll(() => Promise.all([server.stop(), elsewhere.stop()]));

type Role = { id: string; name: string; permissions: string[]; version: number };
const make = async (name: string, permissions: readonly string[]): Promise<Role> =>
  expectStatus(await clinic.admin.api.post('/roles', { name, permissions }), 201).body;
const give = (person: Person, changes: object) => clinic.admin.api.patch(`/users/${person.userId}`, changes);
/** A receptionist whom the role says what to do, logged in anew. */
const holderOf = async (role: Role, base: 'receptionist' | 'doctor' = 'receptionist'): Promise<Person> => {
  const person = await clinic.staff(base);
  expectStatus(await give(person, { roleId: role.id }), 200);
  return clinic.logIn(person);
};
const byAnotherProcess = ({ token }: Person) => elsewhere.api.with({ Authorization: `Bearer ${token}` });

describe('POST /roles', () => {
  test('201, listed in pages, with its version as ETag', async () => {
    const first = await make('Trainee', ['services:read']);
    const second = await make('Biller', []);
    const { body } = expectStatus(await clinic.admin.api.get('/roles?limit=1'), 200);
    expect(body.data).toEqual([first]);
    const next = await clinic.admin.api.get(`/roles?limit=1&cursor=${body.nextCursor}`);
    expect(next.body).toEqual({ data: [second], nextCursor: null });
  });

  test('409 role_name_taken, whatever the case; the same name in another clinic is free', async () => {
    await make('Trainee', []);
    expectCode(
      await clinic.admin.api.post('/roles', { name: 'TRAINEE', permissions: [] }),
      'role_name_taken',
    );
    const other = await aClinic(server);
    expectStatus(await other.admin.api.post('/roles', { name: 'Trainee', permissions: [] }), 201);
  });

  test('422 for the name of a built-in role, and for permissions that no clinic can give', async () => {
    for (const [role, pointer] of [
      [{ name: 'Doctor', permissions: [] }, '/name'],
      [{ name: 'Operator', permissions: ['platform:write'] }, '/permissions/0'],
      [{ name: 'Typo', permissions: ['patient:read'] }, '/permissions/0'],
      [{ name: 'Twice', permissions: ['staff:read', 'staff:read'] }, '/permissions'],
    ] as const) {
      const answer = expectCode(await clinic.admin.api.post('/roles', role), 'validation_failed');
      expect(answer.body.errors).toMatchObject([{ pointer }]);
    }
  });

  test('403 for what its maker does not hold; what is their own they may give away', async () => {
    const lead = await holderOf(await make('Lead', ['roles:write', 'roles:read', 'patients:read']));
    const post = (permissions: string[]) => lead.api.post('/roles', { name: newId(), permissions });
    expectCode(await post(['patients:write']), 'forbidden');
    expectStatus(await post(['patients:read:own', 'roles:read']), 201);
    expectCode(
      await lead.api.patch(`/roles/${(await make('Big', ['staff:write'])).id}`, { name: 'Mine' }),
      'forbidden',
    );
  });
});

describe('a user who has a role', () => {
  test('may do what it says and nothing of what the built-in role says', async () => {
    const role = await make('Trainee', ['services:write', 'services:read']);
    const person = await clinic.staff('receptionist');
    expectStatus(await person.api.get('/patients'), 200);
    expect(expectStatus(await give(person, { roleId: role.id }), 200).body).toMatchObject({
      role: 'receptionist',
      roleId: role.id,
    });
    expectCode(await person.api.get('/patients'), 'session_revoked');
    const again = await clinic.logIn(person);
    expectCode(await again.api.get('/patients'), 'forbidden');
    expectStatus(await again.api.post('/services', { name: 'Scan', durationMinutes: 30 }), 201);
    expect((await again.api.get('/auth/me')).body).toMatchObject({
      role: 'receptionist',
      roleId: role.id,
      permissions: ['services:write', 'services:read'],
    });
  });

  test('can be made with it', async () => {
    const { id } = await make('Trainee', ['services:read']);
    const account = { email: `t-${newId()}@example.org`, password: PASSWORD, firstName: 'T', lastName: 'R' };
    const made = await clinic.admin.api.post('/users', { ...account, role: 'doctor', roleId: id });
    expect(expectStatus(made, 201).body).toMatchObject({ role: 'doctor', roleId: id });
  });

  test('keeps what is their own: a doctor with :own reaches the own calendar, a receptionist none', async () => {
    const role = await make('Own', ['appointments:read:own', 'services:read', 'patients:read:own']);
    const doctor = await holderOf(role, 'doctor');
    const serviceId = await clinic.service();
    const own = await clinic.doctor([serviceId], { userId: doctor.userId });
    const others = await clinic.doctor([serviceId]);
    const patient = await clinic.patient();
    for (const doctorId of [own, others]) {
      const startsAt = doctorId === own ? '2027-03-22T08:00:00Z' : '2027-03-22T09:00:00Z';
      expectStatus(await patient.api.post('/appointments', { doctorId, serviceId, startsAt }), 201);
    }
    const seen = expectStatus(await doctor.api.get('/appointments'), 200).body.data;
    expect(seen.map(({ doctorId }: { doctorId: string }) => doctorId)).toEqual([own]);
    expect((await doctor.api.get('/patients')).body.data).toHaveLength(1);
    const receptionist = await holderOf(role);
    expect((await receptionist.api.get('/appointments')).body.data).toEqual([]);
    expect((await receptionist.api.get('/patients')).body.data).toEqual([]);
    expectCode(await receptionist.api.get(`/patients/${patient.patientId}`), 'patient_not_found');
  });

  test('has the built-in role again with roleId null, or with any role that is named alone', async () => {
    const role = await make('Trainee', []);
    const person = await clinic.staff('receptionist');
    for (const back of [{ roleId: null }, { role: 'receptionist' }]) {
      expectStatus(await give(person, { roleId: role.id }), 200);
      expect(expectStatus(await give(person, back), 200).body.roleId).toBeNull();
      expectStatus(await (await clinic.logIn(person)).api.get('/patients'), 200);
    }
  });

  test('is a doctor or a receptionist: 422 for others, 404 role_not_found for no role', async () => {
    const role = await make('Trainee', []);
    const [patient, admin] = [await clinic.patient(), await clinic.staff('tenant_admin')];
    for (const person of [patient, admin]) {
      const answer = expectCode(await give(person, { roleId: role.id }), 'validation_failed');
      expect(answer.body.errors).toMatchObject([{ pointer: '/roleId' }]);
    }
    expectCode(await give(await clinic.staff('doctor'), { roleId: newId() }), 'role_not_found');
  });

  test('who may write staff changes and makes nobody who can do more than they', async () => {
    const lead = await holderOf(await make('Lead', ['staff:write', 'staff:read']));
    const reader = await make('Reader', ['staff:read']);
    const person = await holderOf(reader);
    expectStatus(await lead.api.patch(`/users/${person.userId}`, { active: false }), 200);
    expectCode(await lead.api.patch(`/users/${clinic.admin.userId}`, { active: false }), 'forbidden');
    expectCode(await lead.api.patch(`/users/${person.userId}`, { role: 'tenant_admin' }), 'forbidden');
    expectCode(await lead.api.patch(`/users/${lead.userId}`, { roleId: null }), 'forbidden');
  });
});

describe('PATCH /roles/{id}', () => {
  test('holds at once for everybody who has it, in every process, without logging them out', async () => {
    const role = await make('Trainee', ['services:read', 'patients:read']);
    const person = await holderOf(role);
    expectStatus(await person.api.get('/patients'), 200);
    expectStatus(await byAnotherProcess(person).get('/patients'), 200);
    const changed = await clinic.admin.api.patch(
      `/roles/${role.id}`,
      { permissions: ['services:read'] },
      { 'If-Match': '"1"' },
    );
    expect(expectStatus(changed, 200).body.version).toBe(2);
    expectCode(await person.api.get('/patients'), 'forbidden');
    await until(async () => (await byAnotherProcess(person).get('/patients')).status === 403);
    expectStatus(await person.api.get('/services'), 200);
    expectCode(
      await clinic.admin.api.patch(`/roles/${role.id}`, { name: 'Late' }, { 'If-Match': '"1"' }),
      'version_conflict',
    );
  });

  test('closes the sockets of those who have it, here and elsewhere', async () => {
    const role = await make('Watcher', ['appointments:read', 'doctors:read']);
    const person = await holderOf(role);
    const sockets = [await listen(server.url, person.token), await listen(elsewhere.url, person.token)];
    expectStatus(await clinic.admin.api.patch(`/roles/${role.id}`, { permissions: ['doctors:read'] }), 200);
    await until(() => sockets.every((socket) => !socket.isConnected()));
    for (const socket of sockets) socket.close();
  });

  test('404 and 409', async () => {
    const role = await make('Trainee', []);
    await make('Other', []);
    expectCode(await clinic.admin.api.patch(`/roles/${role.id}`, { name: 'other' }), 'role_name_taken');
    expectCode(await clinic.admin.api.patch(`/roles/${newId()}`, { name: 'Nobody' }), 'role_not_found');
  });
});

describe('DELETE /roles/{id}', () => {
  test('409 role_in_use while somebody has it, then 204, then 404', async () => {
    const role = await make('Trainee', []);
    const person = await holderOf(role);
    expectCode(await clinic.admin.api.delete(`/roles/${role.id}`), 'role_in_use');
    expectStatus(await give(person, { roleId: null }), 200);
    expectCode(
      await clinic.admin.api.delete(`/roles/${role.id}`, undefined, { 'If-Match': '"7"' }),
      'version_conflict',
    );
    expectStatus(await clinic.admin.api.delete(`/roles/${role.id}`), 204);
    expectCode(await clinic.admin.api.delete(`/roles/${role.id}`), 'role_not_found');
    expectCode(await clinic.admin.api.get(`/roles/${role.id}`), 'role_not_found');
  });
});
