import { expect } from '@jest/globals';
import { exampleRequest } from './example-request.ts';
import type { FurnishedClinic } from './furnished-clinic.ts';
import { everyRoute } from './route-table.ts';

/** What has happened is no state, and what follows from it shows up a moment after it has happened. Other tests sign clinics up, too. */
const FOLLOWING =
  /^\/(analytics\/.*|events|platform\/tenants|notifications(\/deliveries.*)?|patients\/\{id\}\/access-log)$/;

/** All that the API shows, below `under`, of a clinic and of the one of everything that it has. */
export const contentsOf = async (clinic: FurnishedClinic, under = ''): Promise<Record<string, unknown>> => {
  const readable = everyRoute.filter(
    ({ method, path }) => method === 'GET' && path.startsWith(under) && !FOLLOWING.test(path),
  );
  const read = await Promise.all(
    readable.map(async (route) => {
      const { body } = await clinic.callerOf(route).get(exampleRequest(route, clinic.ids).path);
      return [route.name, withoutRequest(body)] as const;
    }),
  );
  return Object.fromEntries(read);
};

export type Watch = { expectUnchanged(): Promise<void> };

/** Tells on each call whether the clinic is as it was on the call before. */
export const watch = async (clinic: FurnishedClinic): Promise<Watch> => {
  let known = await contentsOf(clinic);
  return {
    expectUnchanged: async () => {
      const before = known;
      known = await contentsOf(clinic);
      expect(known).toEqual(before);
    },
  };
};

/** What differs between two equal refusals. */
export const withoutRequest = (body: unknown): unknown => {
  if (typeof body !== 'object' || body === null || !('requestId' in body)) return body;
  return { ...body, requestId: undefined, instance: undefined };
};
