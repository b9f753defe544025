import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventCatalogue } from '../../src/composition/catalogues.ts';
import { publicDataOf } from '../../src/shared/utils/event-catalogue.ts';
import { sql } from '../../src/database/sql.ts';
import { testDatabase } from '../../src/database/tests/test-database.ts';
import { exampleRequest } from '../support/example-request.ts';
import { aFurnishedClinic } from '../support/furnished-clinic.ts';
import { everyRoute } from '../support/route-table.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

test('every event that any route causes is in the catalogue, and as documented there', async () => {
  const clinic = await aFurnishedClinic(server);
  const ending = ({ method }: { method: string }) => (method === 'DELETE' ? 1 : 0);
  for (const route of everyRoute.toSorted((a, b) => ending(a) - ending(b))) {
    const { method, path, body } = exampleRequest(route, clinic.ids);
    await clinic.callerOf(route).send(method, path, body);
  }
  const testing = await testDatabase();
  const db = testing.database.read(clinic.tenantId);
  const events = await db.many<{ type: string; payload: object }>(
    sql`SELECT type, payload FROM outbox WHERE tenant_id = ${db.tenant}`,
  );
  await testing.close();
  const undocumented = events.filter(
    (event) => Object.keys(publicDataOf(eventCatalogue, event)).length === 0,
  );
  expect(undocumented).toEqual([]);
  expect(new Set(events.map(({ type }) => type)).size).toBeGreaterThan(10);
});
