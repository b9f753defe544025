import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createApi, type Exchange } from './support/api.ts';
import { exampleRequest, withValueAt } from './support/example-request.ts';
import { aFurnishedClinic } from './support/furnished-clinic.ts';
import { everyRoute, hasBody } from './support/route-table.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';
import { until } from '../src/shared/tests/until.ts';

/** What nobody may find in a log: what opens something, and what says something about a person’s health or life. */
const SECRET_FIELDS =
  /password|token|secret|code|^key$|otpauth|reason|notes?$|content|allerg|condition|medication|blood|dateOfBirth|phone|address|^text$|subjective|objective|assessment|^plan$/i;
/** Such a field with one of these names holds no secret. */
const HARMLESS = new Set(['code', 'tokenType', 'address']);
/** Shorter texts are found everywhere. */
const SHORTEST = 8;

const secrets = new Set<string>();
const collect = (value: unknown, isSecret = false): void => {
  if (typeof value === 'string' && isSecret && value.length >= SHORTEST) secrets.add(value);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, each] of Object.entries(value)) {
    const isNamed = !Array.isArray(value) && SECRET_FIELDS.test(name) && !HARMLESS.has(name);
    collect(each, isSecret || isNamed);
  }
};

let log = '';
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ logLevel: 'trace' }, { write: (line) => (log += line) });
  const heard = ({ body, answer }: Exchange) => {
    collect(body);
    // A problem names no values, and codes that are said in the log as well.
    if (answer.status < 400) collect(answer.body);
  };
  const clinic = await aFurnishedClinic({ ...server, api: createApi(`${server.url}/api/v1`, {}, heard) });
  for (const route of everyRoute) {
    const { method, path, body } = exampleRequest(route, clinic.ids);
    await clinic.callerOf(route).send(method, path, body);
    if (!hasBody(route)) continue;
    await clinic
      .callerOf(route)
      .send(method, path, withValueAt(body ?? {}, '/surprise', 'a secret surprise'));
    await clinic.anyone.send(method, path, body, { Authorization: 'Bearer forged-secret-token' });
    await clinic.callerOf(route).send(method, path, JSON.stringify(body).slice(0, -1));
  }
  await until(() => log.includes(everyRoute.at(-1)?.path.split('/')[1] ?? ''));
});
afterAll(() => server.stop());

test('the log of every route, at its most talkative, holds none of the secrets that were sent and answered', () => {
  expect(secrets.size).toBeGreaterThan(20);
  expect(log.split('\n').length).toBeGreaterThan(everyRoute.length);
  expect([...secrets].filter((secret) => log.includes(secret))).toEqual([]);
  for (const text of ['a secret surprise', 'forged-secret-token', 'eyJ']) expect(log).not.toContain(text);
});
