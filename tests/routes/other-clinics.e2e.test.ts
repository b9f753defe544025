import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../../src/shared/types/id.ts';
import type { Api } from '../support/api.ts';
import { startCheckedServer } from '../support/checked-server.ts';
import { type Watch, watch, withoutRequest } from '../support/clinic-contents.ts';
import {
  type ExampleRequest,
  exampleRequest,
  nounOfReference,
  pathOf,
  referencesIn,
  withValueAt,
} from '../support/example-request.ts';
import { aFurnishedClinic, type FurnishedClinic } from '../support/furnished-clinic.ts';
import {
  clinicRoles,
  everyRoute,
  idParameters,
  mayCall,
  queryParameters,
  type TableRoute,
} from '../support/route-table.ts';
import type { TestServer } from '../support/test-server.ts';

let server: TestServer;
let ours: FurnishedClinic;
let theirs: FurnishedClinic;
let ourContents: Watch;
let theirContents: Watch;
beforeAll(async () => {
  server = await startCheckedServer();
  [ours, theirs] = await Promise.all([aFurnishedClinic(server), aFurnishedClinic(server)]);
  [ourContents, theirContents] = await Promise.all([watch(server, ours), watch(server, theirs)]);
});
afterAll(() => server.stop());

const send = async (api: Api, { method, path, body }: ExampleRequest) => {
  const answer = await api.send(method, path, body);
  return { status: answer.status, body: withoutRequest(answer.body) };
};

const mine = (noun: string): string => ours.ids[noun] ?? '';
const foreign = (noun: string): string => theirs.ids[noun] ?? '';
const nobodys = (): string => newId();

describe('an id of another clinic in the path', () => {
  const withIds = everyRoute.filter((route) => idParameters(route).length > 0);
  const inPath = withIds.flatMap((route) =>
    idParameters(route).map((parameter) => ({ parameter, ...route })),
  );

  /** The own ids left of `parameter`, and from there on those that `idFor` gives. */
  const requestWith = (route: TableRoute, parameter: string, idFor: (noun: string) => string) => {
    const names = idParameters(route);
    const isLeft = (name: string) => names.indexOf(name) < names.indexOf(parameter);
    const example = exampleRequest(route, ours.ids);
    const path = pathOf(route, (noun, name) => (isLeft(name) ? mine(noun) : idFor(noun)));
    return { ...example, path: example.path.replace(/^[^?]*/, path) };
  };

  test.each(inPath)('$name: {$parameter} is 404, as one that nobody has', async ({ parameter, ...route }) => {
    for (const role of clinicRoles.filter((each) => mayCall(each, route))) {
      const { api } = ours.people[role];
      const answer = await send(api, requestWith(route, parameter, foreign));
      expect(answer).toEqual(await send(api, requestWith(route, parameter, nobodys)));
      if (role === 'tenant_admin') expect([answer.status, answer.body]).toEqual([404, notFound]);
    }
    if (route.method !== 'GET') await theirContents.expectUnchanged();
  });

  const notFound: unknown = expect.objectContaining({ code: expect.stringMatching(/_not_found$/) });

  test('is all that was wrong: the same requests find what is one’s own', async () => {
    const clinic = await aFurnishedClinic(server);
    for (const route of withIds.toSorted((a, b) => endings(a) - endings(b))) {
      const { status } = await send(clinic.callerOf(route), exampleRequest(route, clinic.ids));
      expect([route.name, status === 404]).toEqual([route.name, false]);
    }
  });

  /** Whatever is removed is removed after it has been asked for; what is in something else, before that. */
  const endings = ({ method, path }: TableRoute): number => {
    if (path.endsWith('/erase')) return 1;
    return method === 'DELETE' ? 1 / path.length : 0;
  };
});

describe('an id of another clinic in the body', () => {
  const withReferences = everyRoute.filter((route) => referencesIn(route).length > 0);
  const inBody = withReferences.flatMap((route) =>
    referencesIn(route).map((pointer) => ({ pointer, ...route })),
  );

  test.each(inBody)('$name: $pointer is refused, as one that nobody has', async ({ pointer, ...route }) => {
    const field = pointer.split('/').findLast((part) => /\D/.test(part)) ?? '';
    const refer = (id: string) => {
      const { body, ...request } = exampleRequest(route, ours.ids);
      return send(ours.callerOf(route), { ...request, body: withValueAt(body, pointer, id) });
    };
    const answer = await refer(foreign(nounOfReference(field)));
    expect([404, 422]).toContain(answer.status);
    expect(answer).toEqual(await refer(nobodys()));
    await ourContents.expectUnchanged();
  });

  test.each(withReferences)('$name takes the ids of what is one’s own', async (route) => {
    const clinic = await aFurnishedClinic(server);
    const { status } = await send(clinic.callerOf(route), exampleRequest(route, clinic.ids));
    expect(status).toBe(route.definition.response[0]);
  });
});

describe('an id of another clinic in the query', () => {
  const inQuery = everyRoute.flatMap((route) =>
    queryParameters(route)
      .filter(({ schema }) => schema.format === 'uuid')
      .map(({ name }) => ({ parameter: name, ...route })),
  );

  test.each(inQuery)('$name?$parameter= finds what nobody’s id finds', async ({ parameter, ...route }) => {
    const finding = (id: string) => {
      const request = exampleRequest(route, ours.ids);
      const [pathname = '', query] = request.path.split('?');
      const parameters = new URLSearchParams(query);
      parameters.set(parameter, id);
      return send(ours.callerOf(route), { ...request, path: `${pathname}?${parameters.toString()}` });
    };
    const noun = nounOfReference(parameter);
    const nothing = await finding(nobodys());
    expect(await finding(foreign(noun))).toEqual(nothing);
    expect(await finding(mine(noun))).not.toEqual(nothing);
  });
});
