import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Permission, permissionsOf } from '../../src/shared/config/permissions.ts';
import { permissionOf } from '../../src/shared/utils/route.ts';
import type { Api } from '../support/api.ts';
import { startCheckedServer } from '../support/checked-server.ts';
import { type Watch, watch } from '../support/clinic-contents.ts';
import { expectStatus } from '../support/clinic.ts';
import { exampleRequest } from '../support/example-request.ts';
import { aFurnishedClinic, type FurnishedClinic } from '../support/furnished-clinic.ts';
import { everyRoute, idParameters, type TableRoute } from '../support/route-table.ts';
import type { TestServer } from '../support/test-server.ts';

/**
 * Within one clinic: somebody who holds a permission for what is their own, and somebody else's things. Everything in
 * the furnished clinic is of one doctor and one patient; the strangers are another doctor and another patient.
 */
let server: TestServer;
let clinic: FurnishedClinic;
let contents: Watch;
let strangers: Readonly<Record<'doctor' | 'patient', Api>>;
beforeAll(async () => {
  server = await startCheckedServer();
  clinic = await aFurnishedClinic(server);
  const [otherDoctor, otherPatient] = [await clinic.staff('doctor'), await clinic.patient()];
  await clinic.doctor([clinic.ids['service'] ?? ''], { userId: otherDoctor.userId });
  strangers = { doctor: otherDoctor.api, patient: otherPatient.api };
  contents = await watch(server, clinic);
});
afterAll(() => server.stop());

const refusals = [403, 404];
/** Whatever is removed is removed after it has been asked for. */
const endings = ({ method }: TableRoute): number => (method === 'DELETE' ? 1 : 0);

/** What the furnished clinic has of somebody else, or what nobody does to their own. */
const NOT_THEIRS: Readonly<Record<string, string>> = {
  'GET /calendar-feeds/{id}': 'the administrator’s',
  'DELETE /calendar-feeds/{id}': 'the administrator’s',
  'DELETE /patients/{id}': 'only staff delete a record',
  'DELETE /appointments/holds/{id}': 'the administrator’s',
  'POST /medical-notes/{id}/co-sign': 'a colleague’s',
  'patient GET /medical-notes/{id}': 'a draft',
};

const holdsOwn = (role: 'doctor' | 'patient', route: TableRoute): boolean => {
  const needed = permissionOf(route.definition);
  const held = permissionsOf(role);
  return needed !== undefined && !held.has(needed) && held.has(`${needed}:own` as Permission);
};
const ownRoutes = (['doctor', 'patient'] as const).flatMap((role) =>
  everyRoute.filter((route) => holdsOwn(role, route)).map((route) => ({ role, ...route })),
);
/** When a doctor is free, and why not, is for every colleague; no patient is in it. */
const FOR_COLLEAGUES = 'GET /doctors/{id}/slots/explain';
/** They list nothing: `tests/analytics.e2e.test.ts` asks whose they are. */
const isFigure = ({ path }: TableRoute) => path.startsWith('/analytics/');
const ofOneThing = ownRoutes.filter(
  (route) => idParameters(route).length > 0 && route.name !== FOR_COLLEAGUES,
);

describe('what is somebody else’s', () => {
  test.each(ofOneThing)('is closed to a $role: $name', async ({ role, ...route }) => {
    const { method, path, body } = exampleRequest(route, clinic.ids);
    const answer = await strangers[role].send(method, path, body);
    expect(refusals).toContain(answer.status);
    expect(answer.body.code).toMatch(/^forbidden$|_not_found$/);
    if (method !== 'GET') await contents.expectUnchanged();
  });

  test.each(['doctor', 'patient'] as const)('is all that was wrong: a %s reaches their own', async (role) => {
    const own = await aFurnishedClinic(server);
    const isTheirs = ({ name }: TableRoute) => !(name in NOT_THEIRS) && !(`${role} ${name}` in NOT_THEIRS);
    const routes = ofOneThing.filter((route) => route.role === role && isTheirs(route));
    for (const route of routes.toSorted((a, b) => endings(a) - endings(b))) {
      const { method, path, body } = exampleRequest(route, own.ids);
      const { status } = await own.people[role].api.send(method, path, body);
      expect([route.name, refusals.includes(status)]).toEqual([route.name, false]);
    }
  });

  test.each(
    ownRoutes.filter(
      (route) => route.method === 'GET' && idParameters(route).length === 0 && !isFigure(route),
    ),
  )('is not in the list of a $role: $name', async ({ role, ...route }) => {
    const { path } = exampleRequest(route, clinic.ids);
    const { body } = expectStatus(await strangers[role].get(path), 200);
    const shown = JSON.stringify(body.data);
    for (const noun of ['appointment', 'series', 'waitlist', 'hold', 'calendarFeed'])
      expect(shown).not.toContain(clinic.ids[noun]);
    expect(body.data.map(({ id }: { id: string }) => id)).not.toContain(clinic.ids['patient']);
  });
});
