import { aClinic, type Clinic, expectCode } from '../support/clinic.ts';
import type { TestServer } from '../support/test-server.ts';

/** What is refused whatever the route is. */
export const refusals = async (server: TestServer, { admin, anyone, ...clinic }: Clinic): Promise<void> => {
  const receptionist = await clinic.staff('receptionist');
  const elsewhere = await aClinic(server);
  const service = { name: 'Check-up', durationMinutes: 30 };
  expectCode(await receptionist.api.post('/services', service), 'forbidden');
  expectCode(
    await admin.api.post('/services', service, { 'X-Tenant-ID': elsewhere.tenantId }),
    'tenant_mismatch',
  );
  expectCode(await admin.api.post('/services', '{"name":'), 'malformed_json');
  expectCode(
    await admin.api.post('/services', 'name', { 'Content-Type': 'text/plain' }),
    'unsupported_media_type',
  );
  expectCode(await admin.api.post('/services', { name: 'x'.repeat(2 ** 20) }), 'body_too_large');
  expectCode(await admin.api.get('/services', { Accept: 'text/html' }), 'not_acceptable');
  expectCode(await anyone.get('/services'), 'unauthenticated');
  expectCode(await admin.api.delete('/services'), 'method_not_allowed');
  expectCode(await admin.api.get('/nothing'), 'route_not_found');
};
