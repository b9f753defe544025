import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer } from '../support/api.ts';
import { startCheckedServer } from '../support/checked-server.ts';
import { aClinic } from '../support/clinic.ts';
import { exampleRequest } from '../support/example-request.ts';
import { aFurnishedClinic, type FurnishedClinic } from '../support/furnished-clinic.ts';
import { clinicRoles, everyRoute, mayCall, needsToken, type TableRoute } from '../support/route-table.ts';
import type { TestServer } from '../support/test-server.ts';

let server: TestServer;
let clinic: FurnishedClinic;
let elsewhere: { tenantId: string; subdomain: string };
beforeAll(async () => {
  server = await startCheckedServer();
  clinic = await aFurnishedClinic(server);
  elsewhere = await aClinic(server);
});
afterAll(() => server.stop());

const outcome = ({ status, body }: Answer): [number, string] => [status, body.code];

/** A request that whoever may call gets 422 for, so that nothing happens and permission is all that is told. */
const faulty = (route: TableRoute) => {
  const { method, path, body } = exampleRequest(route, clinic.ids);
  return { method, path: `${path}${path.includes('?') ? '&' : '?'}surprise=1`, body };
};

const guarded = everyRoute.filter(needsToken);

describe('without an access token', () => {
  test.each(guarded)('$name is 401 unauthenticated', async (route) => {
    const { method, path, body } = exampleRequest(route, clinic.ids);
    for (const headers of [{}, { Authorization: 'Bearer made.up.token' }, { Authorization: 'Basic YTpi' }]) {
      const answer = await clinic.anyone.send(method, path, body, headers);
      expect(outcome(answer)).toEqual([401, 'unauthenticated']);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  test.each(guarded)('$name says nothing of how it reads a request', async (route) => {
    const { method, path } = faulty(route);
    const answer = await clinic.anyone.send(method, path, method === 'GET' ? undefined : '{"a":');
    expect(outcome(answer)).toEqual([401, 'unauthenticated']);
  });
});

describe('a refresh token', () => {
  test.each(guarded)('does not open $name', async (route) => {
    const { method, path, body } = faulty(route);
    const headers = { Authorization: `Bearer ${clinic.admin.refreshToken}` };
    expect(outcome(await server.api.send(method, path, body, headers))).toEqual([401, 'unauthenticated']);
  });
});

const everyRoleAndRoute = clinicRoles.flatMap((role) => guarded.map((route) => ({ role, ...route })));

describe('the permission of a route', () => {
  test.each(everyRoleAndRoute.filter((each) => !mayCall(each.role, each)))(
    'closes $name to a $role: 403 forbidden',
    async ({ role, ...route }) => {
      const { method, path, body } = exampleRequest(route, clinic.ids);
      expect(outcome(await clinic.people[role].api.send(method, path, body))).toEqual([403, 'forbidden']);
    },
  );

  test.each(everyRoleAndRoute.filter((each) => mayCall(each.role, each)))(
    'opens $name to a $role',
    async ({ role, ...route }) => {
      const { method, path, body } = faulty(route);
      expect(outcome(await clinic.people[role].api.send(method, path, body))).toEqual([
        422,
        'validation_failed',
      ]);
    },
  );
});

describe('a token of one clinic and the name of another', () => {
  const named = everyRoute.filter(({ definition: { access } }) => access !== 'open');

  test.each(named)('$name is 403 tenant_mismatch', async (route) => {
    const { method, path, body } = faulty(route);
    const token = { Authorization: `Bearer ${clinic.admin.token}` };
    for (const name of [
      { 'X-Tenant-ID': elsewhere.tenantId },
      { 'X-Tenant-Subdomain': elsewhere.subdomain },
      { 'X-Tenant-ID': clinic.tenantId, 'X-Tenant-Subdomain': elsewhere.subdomain },
    ]) {
      const answer = await server.api.send(method, path, body, { ...token, ...name });
      expect(outcome(answer)).toEqual([403, 'tenant_mismatch']);
    }
  });

  test.each(named)('$name takes a token and the same clinic’s names', async (route) => {
    const { method, path, body } = faulty(route);
    const headers = {
      Authorization: `Bearer ${clinic.admin.token}`,
      'X-Tenant-ID': clinic.tenantId,
      'X-Tenant-Subdomain': clinic.subdomain,
    };
    const [, code] = outcome(await server.api.send(method, path, body, headers));
    expect(code).toBe(mayCall('tenant_admin', route) ? 'validation_failed' : 'forbidden');
  });
});
