import { exampleRequest } from './example-request.ts';
import type { FurnishedClinic } from './furnished-clinic.ts';
import { everyRoute } from './route-table.ts';

/** All that the API shows of a clinic and of the one of everything that it has: equal before and after what changed nothing. */
export const contentsOf = async (clinic: FurnishedClinic): Promise<Record<string, unknown>> => {
  const readable = everyRoute.filter(({ method }) => method === 'GET');
  const read = await Promise.all(
    readable.map(async (route) => {
      const { body } = await clinic.callerOf(route).get(exampleRequest(route, clinic.ids).path);
      return [route.name, withoutRequest(body)] as const;
    }),
  );
  return Object.fromEntries(read);
};

/** What differs between two equal refusals. */
export const withoutRequest = (body: unknown): unknown => {
  if (typeof body !== 'object' || body === null || !('requestId' in body)) return body;
  return { ...body, requestId: undefined, instance: undefined };
};
