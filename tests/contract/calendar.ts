import { newId } from '../../src/shared/types/id.ts';
import { type Clinic, expectCode, expectStatus, type Person } from '../support/clinic.ts';

type Deps = { clinic: Clinic; doctor: Person; serviceId: string; locationId: string };

const MONDAY = { startDate: '2027-04-05', endDate: '2027-04-05' };

/** A doctor gets a profile, weekly hours and days that differ from them. */
export const calendar = async ({ clinic, doctor, serviceId, locationId }: Deps): Promise<string> => {
  const { api } = clinic.admin;
  const profile = {
    firstName: 'Marie',
    lastName: 'Curie',
    timezone: 'Europe/Berlin',
    serviceIds: [serviceId],
  };
  const full = {
    ...profile,
    title: 'Dr.',
    specializations: ['cardiology'],
    bio: 'Hearts.',
    languages: ['de', 'en-GB'],
  };
  const { body: made } = expectStatus(await api.post('/doctors', { ...full, userId: doctor.userId }), 201);
  const path = `/doctors/${made.id}`;
  expectStatus(await api.get('/doctors?q=curie&specialization=cardiology&language=de'), 200);
  expectStatus(await api.get(path), 200);
  expectStatus(await doctor.api.patch(path, { bio: 'Hearts and lungs.' }), 200);
  expectStatus(await api.put(path, { licenseNumber: 'B-1' }), 200);
  expectStatus(await doctor.api.put(`${path}/status`, { status: 'available' }), 200);
  await refusals(clinic, { made, profile, taken: doctor.userId });

  const rules = [1, 2, 3, 4, 5].map((dayOfWeek) => ({
    dayOfWeek,
    startTime: '09:00',
    endTime: '12:00',
    locationId,
  }));
  const hours = { timezone: 'Europe/Berlin', rules };
  expectStatus(await api.put(`${path}/availability`, hours), 200);
  expectStatus(await api.get(`${path}/availability`), 200);
  expectCode(await api.put(`${path}/availability`, hours, { 'If-Match': '"0"' }), 'version_conflict');
  for (const [missing, code] of [
    [{ locationId: newId() }, 'location_not_found'],
    [{ serviceIds: [newId()] }, 'service_not_found'],
  ] as const)
    expectCode(
      await api.put(`${path}/availability`, { ...hours, rules: [{ ...rules[0], ...missing }] }),
      code,
    );

  const intervals = [{ startTime: '22:00', endTime: '02:00' }];
  const override = await api.post(`${path}/availability/overrides`, {
    kind: 'custom',
    intervals,
    reason: 'Night',
    ...MONDAY,
  });
  const elsewhere = { ...intervals[0], locationId: newId() };
  expectCode(
    await api.post(`${path}/availability/overrides`, { kind: 'custom', intervals: [elsewhere], ...MONDAY }),
    'location_not_found',
  );
  const overridePath = `${path}/availability/overrides/${expectStatus(override, 201).body.id}`;
  expectStatus(await api.get(`${path}/availability/overrides?from=2027-04-01&to=2027-04-30`), 200);
  expectStatus(await api.delete(overridePath), 204);
  expectCode(await api.delete(overridePath), 'override_not_found');
  return made.id;
};

type Made = { made: { id: string }; profile: object; taken: string };

const refusals = async (
  { admin: { api }, ...clinic }: Clinic,
  { made, profile, taken }: Made,
): Promise<void> => {
  const other = expectStatus(await api.post('/doctors', profile), 201).body;
  for (const [fields, code] of [
    [{ userId: taken }, 'doctor_exists'],
    [{ userId: newId() }, 'user_not_found'],
    [{ serviceIds: [newId()] }, 'service_not_found'],
  ] as const) {
    expectCode(await api.post('/doctors', { ...profile, ...fields }), code);
    for (const method of ['PATCH', 'PUT'])
      expectCode(await api.send(method, `/doctors/${other.id}`, fields), code);
  }
  const stale = { 'If-Match': '"1"' };
  expectCode(await api.patch(`/doctors/${made.id}`, { bio: null }, stale), 'version_conflict');
  expectCode(await api.put(`/doctors/${made.id}`, { bio: null }, stale), 'version_conflict');
  expectCode(await api.delete(`/doctors/${made.id}`, undefined, stale), 'version_conflict');
  expectCode(
    await (await clinic.staff('doctor')).api.patch(`/doctors/${made.id}`, { bio: null }),
    'forbidden',
  );
  expectStatus(await api.delete(`/doctors/${other.id}`), 204);

  const gone = `/doctors/${other.id}`;
  const hours = { timezone: 'Europe/Berlin', rules: [] };
  for (const [method, path, body] of [
    ['GET', gone],
    ['PATCH', gone, { bio: null }],
    ['PUT', gone, { bio: null }],
    ['DELETE', gone],
    ['PUT', `${gone}/status`, { status: 'away' }],
    ['GET', `${gone}/availability`],
    ['PUT', `${gone}/availability`, hours],
    ['GET', `${gone}/availability/overrides`],
    ['POST', `${gone}/availability/overrides`, { kind: 'unavailable', ...MONDAY }],
    ['DELETE', `${gone}/availability/overrides/${newId()}`],
  ] as const)
    expectCode(await api.send(method, path, body), 'doctor_not_found');
};
