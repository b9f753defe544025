import { newId } from '../../src/shared/types/id.ts';
import { expectCode, expectStatus } from '../support/clinic.ts';
import type { Clinic } from '../support/clinic.ts';

/** What every kind of thing in the catalogue goes through, and every way in which it refuses. */
const throughTheCatalogue = async ({ admin: { api } }: Clinic, kind: string, fields: object) => {
  const path = `/${kind}`;
  const { body: made } = expectStatus(await api.post(path, fields), 201);
  expectStatus(await api.get(`${path}?limit=1`), 200);
  expectStatus(await api.get(`${path}/${made.id}`), 200);
  expectStatus(await api.patch(`${path}/${made.id}`, { name: 'Renamed' }, { 'If-Match': '"1"' }), 200);
  expectStatus(await api.put(`${path}/${made.id}`, { name: 'Again' }), 200);
  for (const method of ['PATCH', 'PUT'])
    expectCode(
      await api.send(method, `${path}/${made.id}`, { name: 'Late' }, { 'If-Match': '"1"' }),
      'version_conflict',
    );
  expectCode(await api.delete(`${path}/${made.id}`, undefined, { 'If-Match': '"1"' }), 'version_conflict');
  expectStatus(await api.delete(`${path}/${made.id}`), 204);
  const notFound = `${kind.slice(0, -1)}_not_found`;
  expectCode(await api.get(`${path}/${made.id}`), notFound);
  for (const method of ['PATCH', 'PUT', 'DELETE'])
    expectCode(
      await api.send(method, `${path}/${made.id}`, method === 'DELETE' ? undefined : { name: 'Gone' }),
      notFound,
    );
};

/** A clinic is signed up and describes itself: what it does, where, and when not. */
export const setUp = async (
  clinic: Clinic,
): Promise<{ serviceId: string; locationId: string; roomId: string }> => {
  const { api } = clinic.admin;
  const owner = {
    email: 'ada@example.org',
    password: 'correct horse battery',
    firstName: 'Ada',
    lastName: 'Berger',
  };
  const taken = { name: 'Twin', subdomain: clinic.subdomain, timezone: 'Europe/Berlin', owner };
  expectCode(await clinic.anyone.post('/tenants', taken), 'subdomain_taken');
  expectStatus(await clinic.anyone.get('/tenants/current'), 200);
  expectCode(
    await clinic.anyone.get('/tenants/current', { 'X-Tenant-Subdomain': 'nobody-here' }),
    'tenant_not_found',
  );
  expectCode(await clinic.anyone.get('/tenants/current', { 'X-Tenant-Subdomain': '' }), 'tenant_required');
  const profile = {
    name: 'Sunrise',
    branding: { primaryColor: '#3366ff', logoUrl: 'https://example.org/logo.png' },
  };
  expectStatus(await api.patch('/tenants/current', profile), 200);
  expectCode(await api.patch('/tenants/current', profile, { 'If-Match': '"0"' }), 'version_conflict');
  expectStatus(await api.get('/audit-logs'), 200);
  expectStatus(await api.get('/audit-logs/verify'), 200);
  expectStatus(await api.get('/tenants/current/settings'), 200);
  expectStatus(
    await api.patch('/tenants/current/settings', { slotIntervalMinutes: 15, slotAnchor: 'clock' }),
    200,
  );
  expectStatus(await api.patch('/tenants/current/settings', { slotIntervalMinutes: null }), 200);
  expectCode(await api.patch('/tenants/current/settings', {}, { 'If-Match': '"0"' }), 'version_conflict');

  const berlin = { address: 'Main Street 1', timezone: 'Europe/Berlin' };
  const location = expectStatus(
    await api.post('/locations', { name: 'Centre', phone: '+49 30 1234', ...berlin }),
    201,
  );
  const locationId: string = location.body.id;
  const dates = { startDate: '2027-12-24', endDate: '2027-12-26' };
  const price = { amount: 12_500, currency: 'EUR' };
  await throughTheCatalogue(clinic, 'services', {
    name: 'Scan',
    durationMinutes: 45,
    price,
    color: '#3366ff',
  });
  await throughTheCatalogue(clinic, 'locations', { name: 'Branch', ...berlin });
  await throughTheCatalogue(clinic, 'rooms', { name: 'Room 2', locationId });
  await throughTheCatalogue(clinic, 'closures', { name: 'Christmas', ...dates });

  const { body: room } = expectStatus(await api.post('/rooms', { name: 'Room 1', locationId }), 201);
  const { body: closure } = expectStatus(
    await api.post('/closures', { name: 'Fair', locationId, ...dates }),
    201,
  );
  for (const [path, id] of [
    ['/rooms', room.id],
    ['/closures', closure.id],
  ]) {
    const elsewhere = { locationId: newId() };
    expectCode(
      await api.post(path, { name: 'Nowhere', ...(path === '/closures' && dates), ...elsewhere }),
      'location_not_found',
    );
    for (const method of ['PATCH', 'PUT'])
      expectCode(await api.send(method, `${path}/${id}`, elsewhere), 'location_not_found');
  }
  return { serviceId: await clinic.service(), locationId, roomId: room.id };
};
