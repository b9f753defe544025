import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { sql } from '../src/database/sql.ts';
import { testDatabase } from '../src/database/tests/test-database.ts';
import { until } from '../src/shared/tests/until.ts';
import { newId } from '../src/shared/types/id.ts';
import { startCheckedServer } from './support/checked-server.ts';
import { aClinic, type Clinic, expectCode, expectStatus } from './support/clinic.ts';
import { untilHeardBy } from './support/database.ts';
import { type Receiver, startReceiver } from './support/receiver.ts';
import type { TestServer } from './support/test-server.ts';

const NOW = '2027-03-15T08:00:00.000Z';
const streamPrefix = `{webhooks-${newId()}}`;
let server: TestServer;
let receiver: Receiver;
beforeAll(async () => {
  const webhooks = { sweepMs: 20, allowedAddresses: ['127.0.0.0/8'], plainHttp: true };
  server = await startCheckedServer(undefined, { streamPrefix, webhooks });
});
afterAll(() => server.stop());
afterEach(() => receiver.stop());

type Here = {
  clinic: Clinic;
  book(startsAt: string): Promise<string>;
  secret: string;
  id: string;
  path: string;
};
const SLOTS = [
  '2027-03-22T08:00:00Z',
  '2027-03-22T08:30:00Z',
  '2027-03-22T09:00:00Z',
  '2027-03-22T09:30:00Z',
];
const [FIRST = '', SECOND = '', THIRD = ''] = SLOTS;
const BOOKED_AND_CANCELLED = ['appointment.booked', 'appointment.cancelled'];

/** A clinic that has its bookings told to a receiver of its own. */
const listening = async (events: string[] = BOOKED_AND_CANCELLED): Promise<Here> => {
  server.clock.set(NOW);
  receiver = await startReceiver();
  const clinic = await aClinic(server);
  const serviceId = await clinic.service();
  const doctorId = await clinic.doctor([serviceId]);
  const patient = await clinic.patient();
  // What was there before is over, so that no webhook hears of it.
  await untilHeardBy('webhooks', server, clinic.tenantId);
  const created = await clinic.admin.api.post('/webhooks', { url: receiver.url, events });
  const { id, secret } = expectStatus(created, 201).body;
  const book = async (startsAt: string): Promise<string> => {
    const visit = { doctorId, serviceId, startsAt, reason: 'Migraine', notes: 'Strictly private' };
    return expectStatus(await patient.api.post('/appointments', visit), 201).body.id;
  };
  return { clinic, book, id, secret, path: `/webhooks/${id}` };
};

const deliveriesOf = async ({ clinic, path }: Here, query = ''): Promise<any[]> =>
  expectStatus(await clinic.admin.api.get(`${path}/deliveries${query}`), 200).body.data;
const webhookOf = async ({ clinic, path }: Here) => expectStatus(await clinic.admin.api.get(path), 200).body;
const isTried = (here: Here, attempts: number) =>
  until(async () => (await deliveriesOf(here)).some((delivery) => delivery.attempts >= attempts));
const laterBy = (hours: number) => new Date(Date.parse(NOW) + hours * 3_600_000).toISOString();

describe('an event', () => {
  test('is sent to whoever asked for it, signed, and without a word of the patient', async () => {
    const here = await listening();
    const appointmentId = await here.book(FIRST);
    await receiver.gets(1);
    const [{ headers, body, text } = { headers: {}, body: {}, text: '' }] = receiver.received;
    expect(body).toMatchObject({ type: 'appointment.booked', version: 1, tenantId: here.clinic.tenantId });
    expect(body.data.appointment).toMatchObject({ id: appointmentId, startsAt: '2027-03-22T08:00:00.000Z' });
    expect(text).not.toMatch(/Migraine|private/);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': body.id });
    const signed = { ...headers, 'webhook-timestamp': String(headers['webhook-timestamp']) };
    const [, , signature] = [0, 0, String(headers['webhook-signature'])];
    expect(signature).toMatch(/^v1,/);
    // The clock of the test stands in the future, which the library refuses: signed anew for now, it must say the same.
    expect(new Webhook(here.secret).sign(body.id, new Date(NOW), text)).toBe(signature);
    expect(signed['webhook-timestamp']).toBe(String(Date.parse(NOW) / 1_000));
    await until(async () => (await deliveriesOf(here))[0]?.status === 'succeeded');
  });

  test('arrives once and in order, with those that came while the target was down', async () => {
    const here = await listening();
    receiver.answers(503);
    await here.book(FIRST);
    await isTried(here, 1);
    await here.book(SECOND);
    await here.book(THIRD);
    await until(async () => (await deliveriesOf(here)).length === 3);
    expect((await webhookOf(here)).failingSince).toBe(NOW);
    const before = receiver.received.length;
    receiver.answers(204);
    server.clock.set('2027-03-15T08:01:00.000Z');
    await receiver.gets(before + 3);
    const arrived = receiver.received.slice(before).map(({ body }) => body);
    expect(arrived.map(({ data }) => data.appointment.startsAt)).toEqual(
      [FIRST, SECOND, THIRD].map((start) => new Date(start).toISOString()),
    );
    expect(new Set(arrived.map(({ id }) => id)).size).toBe(3);
    await until(async () => (await deliveriesOf(here, '?status=succeeded')).length === 3);
    expect(receiver.received).toHaveLength(before + 3);
    expect((await webhookOf(here)).failingSince).toBeNull();
  });

  test('of a type that nobody asked for, or of another clinic, is not sent', async () => {
    const here = await listening(['appointment.cancelled']);
    const other = await aClinic(server);
    await other.patient();
    const id = await here.book(FIRST);
    expectStatus(await here.clinic.admin.api.delete(`/appointments/${id}`), 200);
    await receiver.gets(1);
    expect(receiver.typesReceived()).toEqual(['appointment.cancelled']);
  });

  test('of every type is sent to who asked for *', async () => {
    const here = await listening(['*']);
    await here.clinic.patient();
    await until(() => receiver.typesReceived().includes('patient.created'));
  });
});

describe('a target that fails', () => {
  test('is tried for three days, then switched off, which is an event; switched on, it gets what has waited', async () => {
    const here = await listening();
    receiver.answers(500);
    await here.book(FIRST);
    await isTried(here, 1);
    server.clock.set(laterBy(73));
    const here73: Here = {
      ...here,
      clinic: { ...here.clinic, admin: await here.clinic.logIn(here.clinic.admin) },
    };
    await until(async () => !(await webhookOf(here73)).active);
    expect((await webhookOf(here73)).disabled).toEqual({ at: laterBy(73), reason: 'failing' });
    expect(await deliveriesOf(here73)).toMatchObject([{ status: 'failed', nextAttemptAt: null }]);
    const feed = () => here73.clinic.admin.api.get('/events?type=webhook.disabled');
    await until(async () => (await feed()).body.data.length === 1);
    expect((await feed()).body.data[0].data).toEqual({
      webhookId: here.id,
      url: receiver.url,
      reason: 'failing',
    });

    expectCode(await here73.clinic.admin.api.post(`${here.path}/test`), 'webhook_inactive');
    receiver.answers(200);
    const { body } = await here73.clinic.admin.api.patch(here.path, { active: true });
    expect(body).toMatchObject({ active: true, disabled: null, failingSince: null });
  });

  test('that is gone for good (410) is switched off at once', async () => {
    const here = await listening();
    receiver.answers(410);
    await here.book(FIRST);
    await until(async () => !(await webhookOf(here)).active);
    expect((await webhookOf(here)).disabled.reason).toBe('gone');
  });

  test('is left alone for as long as it asks for', async () => {
    const here = await listening();
    receiver.answers(429, { 'retry-after': '600' });
    await here.book(FIRST);
    await isTried(here, 1);
    expect((await deliveriesOf(here))[0].nextAttemptAt).toBe('2027-03-15T08:10:00.000Z');
  });

  test('that redirects is not followed', async () => {
    const here = await listening();
    receiver.answers(302, { location: 'http://127.0.0.1:1/' });
    await here.book(FIRST);
    await isTried(here, 1);
    const [{ id }] = (await deliveriesOf(here)) as [{ id: string }];
    const { body } = await here.clinic.admin.api.get(`${here.path}/deliveries/${id}`);
    expect(body.attemptLog).toMatchObject([{ statusCode: 302, responseBody: 'thank you', error: null }]);
    expect(JSON.parse(body.requestBody)).toMatchObject({ type: 'appointment.booked' });
  });
});

describe('sending again', () => {
  test('repeats an event under its own id, one or all of a span of time', async () => {
    const here = await listening();
    await here.book(FIRST);
    await receiver.gets(1);
    await until(async () => (await deliveriesOf(here, '?status=succeeded')).length === 1);
    const [{ id }] = (await deliveriesOf(here)) as [{ id: string }];
    const { api } = here.clinic.admin;
    const again = expectStatus(await api.post(`${here.path}/deliveries/${id}/redeliver`), 202).body;
    expect(again).toMatchObject({ redeliveryOf: id, status: 'pending' });
    await receiver.gets(2);
    const span = { from: '2027-03-15T00:00:00Z', to: '2027-03-16T00:00:00Z' };
    expect(expectStatus(await api.post(`${here.path}/redeliver`, span), 202).body).toEqual({ queued: 1 });
    await receiver.gets(3);
    const [first, ...others] = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(others).toEqual([first, first]);
    const reversed = { from: span.to, to: span.from };
    expectCode(await api.post(`${here.path}/redeliver`, reversed), 'validation_failed');
  });

  test('a test arrives, and says that it is one', async () => {
    const here = await listening();
    expectStatus(await here.clinic.admin.api.post(`${here.path}/test`), 202);
    await receiver.gets(1);
    expect(receiver.received[0]?.body).toMatchObject({ type: 'webhook.test', sequence: 0, data: {} });
  });
});

describe('a new secret', () => {
  test('signs together with the one before for a day, then alone', async () => {
    const here = await listening();
    const { body } = expectStatus(await here.clinic.admin.api.post(`${here.path}/rotate-secret`), 200);
    await here.book(FIRST);
    await receiver.gets(1);
    server.clock.set(laterBy(25));
    await here.book(SECOND).catch(() => undefined);
    const admin = await here.clinic.logIn(here.clinic.admin);
    expectStatus(await admin.api.post(`${here.path}/test`), 202);
    await until(() => receiver.typesReceived().includes('webhook.test'));
    const signaturesOf = (index: number) =>
      String(receiver.received.at(index)?.headers['webhook-signature']).split(' ');
    const { text, body: sent } = receiver.received[0] ?? { text: '', body: {} };
    const by = (secret: string) => new Webhook(secret).sign(sent.id, new Date(NOW), text);
    expect(signaturesOf(0)).toEqual([by(body.secret), by(here.secret)]);
    expect(signaturesOf(-1)).toHaveLength(1);
  });

  test('is told once: no other answer holds a secret', async () => {
    const here = await listening();
    expect(here.secret).toMatch(/^whsec_/);
    const { body } = await here.clinic.admin.api.get('/webhooks');
    expect(JSON.stringify(body)).not.toMatch(/whsec_|secret/i);
  });
});

describe('a webhook', () => {
  test('is changed, paged and removed; what waits for it is not sent any more', async () => {
    const here = await listening();
    const { api } = here.clinic.admin;
    const changed = expectStatus(await api.put(here.path, { events: ['*'], description: 'All' }), 200);
    expect(changed.body).toMatchObject({ events: ['*'], description: 'All', version: 2 });
    for (const method of ['PATCH', 'PUT']) {
      expectCode(await api.send(method, here.path, {}, { 'If-Match': '"1"' }), 'version_conflict');
    }
    expectCode(
      await api.post(`${here.path}/rotate-secret`, undefined, { 'If-Match': '"1"' }),
      'version_conflict',
    );
    expectCode(await api.delete(here.path, undefined, { 'If-Match': '"1"' }), 'version_conflict');
    expectStatus(await api.get('/webhooks?limit=1&active=true'), 200);
    expectStatus(await api.delete(here.path), 204);
    await here.book(FIRST);
    await until(async () => (await api.get('/events?type=appointment.booked')).body.data.length === 1);
    expect(receiver.received).toEqual([]);
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['POST', '/rotate-secret'],
      ['POST', '/test'],
      ['GET', '/deliveries'],
      ['GET', `/deliveries/${newId()}`],
      ['POST', `/deliveries/${newId()}/redeliver`],
    ] as const) {
      expectCode(
        await api.send(method, `${here.path}${path}`, /P[AU]T/.test(method) ? {} : undefined),
        'webhook_not_found',
      );
    }
  });

  test.each([
    ['url', { url: 'hooks.example', events: ['*'] }],
    ['events/0', { url: 'https://hooks.example', events: ['appointment.imagined'] }],
    ['events', { url: 'https://hooks.example', events: [] }],
  ])('422 names %s', async (field, fields) => {
    receiver = await startReceiver();
    const { admin } = await aClinic(server);
    const answer = expectCode(await admin.api.post('/webhooks', fields), 'validation_failed');
    expect(answer.body.errors).toMatchObject([{ pointer: `/${field}` }]);
  });

  test('of an unknown delivery, 404', async () => {
    const here = await listening();
    const path = `${here.path}/deliveries/${newId()}`;
    expectCode(await here.clinic.admin.api.get(path), 'delivery_not_found');
    expectCode(await here.clinic.admin.api.post(`${path}/redeliver`), 'delivery_not_found');
  });
});

describe('GET /events', () => {
  test('has every event of the clinic in order and without a gap, from any place on', async () => {
    const here = await listening();
    const appointmentId = await here.book(FIRST);
    expectStatus(await here.clinic.admin.api.delete(`/appointments/${appointmentId}`), 200);
    const read = async (query: string) =>
      expectStatus(await here.clinic.admin.api.get(`/events?${query}`), 200).body;
    const isLast = async () => (await read('type=appointment.cancelled')).data.length === 1;
    await until(isLast);
    const all: { sequence: number; type: string }[] = [];
    for (let after = 0; ;) {
      const page = await read(`after=${after}&limit=2`);
      all.push(...page.data);
      after = page.next;
      if (page.data.length === 0) break;
    }
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index + 1));
    expect(all.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['tenant.created', ...BOOKED_AND_CANCELLED]),
    );
    expect(JSON.stringify(all)).not.toMatch(/Migraine|private|password/i);
  });

  test('410 where events behind the place are not kept any more, and says from where to go on', async () => {
    const here = await listening();
    const { api } = here.clinic.admin;
    await until(async () => expectStatus(await api.get('/events'), 200).body.lastSequence >= 2);
    const testing = await testDatabase();
    const { read } = testing.database;
    const db = read(here.clinic.tenantId);
    await db.run(sql`DELETE FROM outbox WHERE tenant_id = ${db.tenant} AND sequence = 1`);
    await testing.close();
    expect(expectCode(await api.get('/events?after=0'), 'events_forgotten').body.oldestSequence).toBe(2);
    expect(expectStatus(await api.get('/events?after=1'), 200).body.data[0].sequence).toBe(2);
  });

  test('is for those who may read everything: 403 for others', async () => {
    receiver = await startReceiver();
    const clinic = await aClinic(server);
    expectCode(await (await clinic.staff('receptionist')).api.get('/events'), 'forbidden');
  });
});
