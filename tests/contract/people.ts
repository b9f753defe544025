import { newId } from '../../src/shared/types/id.ts';
import {
  type Clinic,
  expectCode,
  expectStatus,
  PASSWORD,
  type Patient,
  type Person,
} from '../support/clinic.ts';

/** Colleagues and patients get accounts; a patient is added who has none. */
export const people = async (clinic: Clinic): Promise<{ doctor: Person; patient: Patient }> => {
  const { api, email, userId } = clinic.admin;
  const doctor = await clinic.staff('doctor');
  const patient = await clinic.patient();
  expectStatus(await api.get('/users?q=doctor&role=doctor'), 200);
  expectStatus(await api.get(`/users/${doctor.userId}`), 200);
  expectCode(await api.get(`/users/${newId()}`), 'user_not_found');
  expectStatus(await api.patch(`/users/${doctor.userId}`, { lastName: 'Curie' }), 200);
  expectCode(
    await api.patch(`/users/${doctor.userId}`, { lastName: 'Late' }, { 'If-Match': '"1"' }),
    'version_conflict',
  );
  expectCode(await api.patch(`/users/${newId()}`, { lastName: 'Nobody' }), 'user_not_found');
  expectCode(await api.patch(`/users/${doctor.userId}`, { roleId: newId() }), 'role_not_found');
  expectCode(await api.patch(`/users/${userId}`, { role: 'doctor' }), 'last_admin');
  expectCode(await api.delete(`/users/${userId}`), 'last_admin');
  expectCode(await api.delete(`/users/${newId()}`), 'user_not_found');
  const leaving = await clinic.staff('receptionist');
  expectCode(
    await api.delete(`/users/${leaving.userId}`, undefined, { 'If-Match': '"0"' }),
    'version_conflict',
  );
  expectStatus(await api.delete(`/users/${leaving.userId}`), 204);
  expectCode(await leaving.api.get('/auth/me'), 'session_revoked');
  const twin = { email, password: PASSWORD, firstName: 'Ada', lastName: 'Twin' };
  expectCode(await api.post('/users', { ...twin, role: 'doctor' }), 'email_taken');
  expectCode(await api.post('/users', { ...twin, role: 'doctor', roleId: newId() }), 'role_not_found');
  expectCode(await clinic.anyone.post('/auth/register', twin), 'email_taken');
  expectStatus(
    await clinic.anyone.post('/auth/register', {
      ...twin,
      email: `new-${email}`,
      phone: '+49 30 1234567',
      dateOfBirth: '1990-04-23',
    }),
    201,
  );

  await records(clinic);
  expectStatus(await patient.api.get(`/patients/${patient.patientId}`), 200);
  expectStatus(await patient.api.patch(`/patients/${patient.patientId}`, { address: 'Main Street 2' }), 200);
  return { doctor, patient };
};

const records = async ({ admin: { api } }: Clinic): Promise<void> => {
  const emergencyContact = { name: 'Bo', phone: '+49 30 7654321', relationship: 'brother' };
  const fields = {
    firstName: 'Ann',
    lastName: 'Other',
    dateOfBirth: '1985-12-10',
    sex: 'female',
    emergencyContact,
  };
  const { body: made } = expectStatus(await api.post('/patients', fields), 201);
  const path = `/patients/${made.id}`;
  expectStatus(await api.get('/patients?q=ann'), 200);
  expectStatus(await api.get(path), 200);
  expectStatus(await api.patch(path, { phone: '+49 30 1111111' }), 200);
  expectStatus(await api.put(path, { preferredLanguage: 'de' }), 200);
  for (const method of ['PATCH', 'PUT', 'DELETE']) {
    const changes = method === 'DELETE' ? undefined : { lastName: 'Late' };
    expectCode(await api.send(method, path, changes, { 'If-Match': '"1"' }), 'version_conflict');
    expectCode(await api.send(method, `/patients/${newId()}`, changes), 'patient_not_found');
  }
  expectStatus(await api.delete(path), 204);
  expectCode(await api.get(path), 'patient_not_found');
};
