import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../../src/shared/types/id.ts';
import { isCreating } from '../../src/shared/utils/route.ts';
import { startCheckedServer } from '../support/checked-server.ts';
import { expectStatus } from '../support/clinic.ts';
import { rowsOf, type Watch, watch } from '../support/clinic-contents.ts';
import { aForm, exampleRequest, type Json, referencesIn, withValueAt } from '../support/example-request.ts';
import { aFurnishedClinic, type FurnishedClinic } from '../support/furnished-clinic.ts';
import { everyRoute, type TableRoute } from '../support/route-table.ts';
import type { TestServer } from '../support/test-server.ts';

let server: TestServer;
let shared: FurnishedClinic;
let other: FurnishedClinic;
let contents: Watch;
beforeAll(async () => {
  server = await startCheckedServer();
  [shared, other] = await Promise.all([aFurnishedClinic(server), aFurnishedClinic(server)]);
  contents = await watch(server, shared);
});
afterAll(() => server.stop());

/** As long as a key may be. */
const aKey = (): string => randomBytes(128).toString('hex').slice(0, 255);

/** Sends the same request each time, unless it is given another body. */
const requestTo = (route: TableRoute, clinic: FurnishedClinic) => {
  const { method, path, body } = exampleRequest(route, clinic.ids);
  return (key: string, sent: Json | undefined = body) =>
    clinic.callerOf(route).send(method, path, sent, { 'Idempotency-Key': key });
};

/** Fields that may have another value, and the request is as good as before. */
const OTHER_VALUES: Readonly<Record<string, Json>> = {
  name: 'Another',
  firstName: 'Another',
  reason: 'Another',
  hostname: 'another.example.org',
  text: 'Another',
  content: { text: 'Another' },
  message: 'Another',
  latest: '2027-04-30T10:00:00Z',
  startsAt: '2027-04-05T08:00:00Z',
  relationship: 'carer',
  kind: 'research',
  url: 'https://hooks.example/another',
};

/** Where the whole payload has to be another one. */
const OTHER_PAYLOADS: Readonly<Record<string, Json>> = {
  'POST /patients/import': { csv: 'firstName,lastName,dateOfBirth\nMarie,Curie,1967-11-07' },
  'POST /calendar-feeds': { scope: 'doctor', doctorId: newId() },
  'POST /medical-notes/{id}/attachments': aForm('another.png'),
  'POST /waitlist/offers/{id}/accept': { token: 'another' },
  'POST /notifications/push-subscriptions': {
    endpoint: 'https://fcm.googleapis.com/fcm/send/another',
    keys: { p256dh: `B${'A'.repeat(86)}`, auth: 'A'.repeat(22) },
  },
};

const otherPayload = ({ name }: TableRoute, body: Json | undefined): Json => {
  const other = OTHER_PAYLOADS[name];
  if (other !== undefined) return other;
  const fields = typeof body === 'object' && body !== null ? Object.keys(body) : [];
  const field = Object.keys(OTHER_VALUES).find((each) => fields.includes(each));
  if (field === undefined) throw new Error('None of OTHER_VALUES is in the body; name one that is');
  return withValueAt(body, `/${field}`, OTHER_VALUES[field] ?? null);
};

const creating = everyRoute.filter(({ definition }) => isCreating(definition));

describe('POST with an Idempotency-Key', () => {
  test.each(creating)('$name creates once, and answers a repetition as before', async (route) => {
    const clinic = await aFurnishedClinic(server);
    const { body } = exampleRequest(route, clinic.ids);
    const send = requestTo(route, clinic);
    const key = aKey();
    const first = expectStatus(await send(key), 201);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    const contents = await rowsOf(server, clinic);

    const again = expectStatus(await send(key), 201);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    for (const name of ['etag', 'location']) expect(again.headers.get(name)).toBe(first.headers.get(name));

    const other = await send(key, otherPayload(route, body));
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect(await rowsOf(server, clinic)).toEqual(contents);
  });

  test.each(creating)('$name: a key of 0 or of 256 characters is 422, and creates nothing', async (route) => {
    const send = requestTo(route, shared);
    for (const key of ['', 'k'.repeat(256)]) {
      const { status, body } = await send(key);
      expect([status, body.code]).toEqual([422, 'validation_failed']);
      expect(body.errors).toMatchObject([{ pointer: '/headers/Idempotency-Key' }]);
    }
    await contents.expectUnchanged();
  });

  const withReferences = creating.filter((route) => referencesIn(route).length > 0);
  test.each(withReferences)('$name: a request that was refused leaves its key free', async (route) => {
    const clinic = await aFurnishedClinic(server);
    const { body } = exampleRequest(route, clinic.ids);
    const send = requestTo(route, clinic);
    const key = aKey();
    expectStatus(await send(key, withValueAt(body, referencesIn(route)[0] ?? '', newId())), 404);
    const answer = expectStatus(await send(key), 201);
    expect(answer.headers.get('idempotency-replayed')).toBeNull();
  });

  test.each(['POST /services', 'POST /auth/register'])(
    '%s: a key of one clinic, or of one user, says nothing to another',
    async (name) => {
      const [route] = creating.filter((each) => each.name === name);
      if (!route) throw new Error(`There is no ${name}`);
      const key = aKey();
      const [first, second] = [await requestTo(route, shared)(key), await requestTo(route, other)(key)];
      expect(expectStatus(second, 201).headers.get('idempotency-replayed')).toBeNull();
      expect(second.body).not.toEqual(expectStatus(first, 201).body);
    },
  );
});
