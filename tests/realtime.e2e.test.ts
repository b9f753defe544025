import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { io, type Socket } from 'socket.io-client';
import { testConfig } from '../src/database/tests/test-database.ts';
import { until } from '../src/shared/tests/until.ts';
import { newId } from '../src/shared/types/id.ts';
import { messageNames } from '../src/websocket/message-catalogue.ts';
import { expectDescribed } from '../src/websocket/tests/expect-described.ts';
import { aBookableDoctor } from './support/bookable.ts';
import { startCheckedServer } from './support/checked-server.ts';
import { expectCode, expectStatus, type Person } from './support/clinic.ts';
import { anOperator } from './support/operator.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

const NOW = '2027-03-15T08:00:00.000Z';
/** Two processes of one installation. */
let one: TestServer;
let two: TestServer;
beforeAll(async () => {
  const config = testConfig();
  const shared = {
    // All clinics are told of maintenance, and other tests have made many.
    database: { ...config.database, name: `${config.database.name}_realtime` },
    streamPrefix: `{realtime-${newId()}}`,
    notifications: { ...config.notifications, sweepMs: 50 },
    waitlistSweepMs: 20,
  };
  one = await startCheckedServer(undefined, shared);
  two = await startTestServer(shared);
});
afterAll(() => Promise.all([one.stop(), two.stop()]));

type Message = { id: string; type: string; occurredAt: string; tenantId: string; data: any };
type Reference = { $ref: string };
type AsyncApi = {
  operations: { sendMessage: { messages: Reference[] } };
  components: { messages: Record<string, { name: string }> };
};
type Client = Socket & { readonly heard: Message[]; names(): Set<string> };
const clients: Client[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) {
    client.disconnect();
    client.heard.forEach(expectDescribed);
  }
});
beforeEach(() => {
  at(NOW);
});
const at = (instant: string) => {
  for (const { clock } of [one, two]) clock.set(instant);
};

const connect = async ({ url }: TestServer, { token }: Person, doctorId?: string): Promise<Client> => {
  const socket = io(url, {
    auth: { token },
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 50,
  });
  const heard: Message[] = [];
  socket.onAny((_name, message: Message) => heard.push(message));
  const client = Object.assign(socket, { heard, names: () => new Set(heard.map(({ type }) => type)) });
  clients.push(client);
  await until(() => client.names().has('ready'));
  if (doctorId !== undefined)
    expect(await client.emitWithAck('subscribe', { doctorId })).toEqual({ ok: true });
  return client;
};
const slot = (n: number) => new Date(Date.parse('2027-03-22T08:00:00Z') + n * 1_800_000).toISOString();

/** What of a message is not as the AsyncAPI document of the server says. */
const documentedAt = async ({ url }: TestServer) => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const document = (await (await fetch(`${url}/docs/events.json`)).json()) as AsyncApi;
  ajv.addSchema(document, 'asyncapi');
  const { messages } = document.components;
  const keyOf = ({ $ref }: Reference) => $ref.split('/').at(-1) ?? '';
  const keys = document.operations.sendMessage.messages.map(keyOf);
  return (message: Message): unknown[] => {
    const key = keys.find((each) => messages[each]?.name === message.type) ?? 'none';
    const allows = ajv.compile({ $ref: `asyncapi#/components/messages/${key}/payload` });
    return allows(message) ? [] : (allows.errors ?? []);
  };
};

test('every message of the contract is sent because somebody did something, to a client at the other process', async () => {
  const { clinic, patient, serviceId, doctorId } = await aBookableDoctor(one);
  const client = await connect(two, patient, doctorId);
  const staff = await connect(one, clinic.admin);
  const { api } = patient;
  const visit = { doctorId, serviceId, startsAt: slot(0) };
  const { id: appointmentId } = expectStatus(await api.post('/appointments', visit), 201).body;
  await until(() => client.names().has('appointment_created') && client.names().has('system_notification'));
  expect(await staff.emitWithAck('typing', { appointmentId })).toEqual({ ok: true });
  expectStatus(await clinic.admin.api.put(`/doctors/${doctorId}/status`, { status: 'busy' }), 200);
  const operator = await anOperator(one);
  const notice = {
    message: 'The database moves',
    startsAt: '2027-03-20T21:00:00.000Z',
    endsAt: '2027-03-20T22:00:00.000Z',
  };
  const made = expectStatus(await operator.api.post('/platform/maintenance-notices', notice), 201).body;
  expect(expectStatus(await api.get('/maintenance-notices'), 200).body.data).toContainEqual(made);
  expectStatus(await operator.api.delete(`/platform/maintenance-notices/${made.id}`), 204);
  expectCode(
    await operator.api.delete(`/platform/maintenance-notices/${newId()}`),
    'maintenance_notice_not_found',
  );
  const over = { ...notice, startsAt: '2027-03-01T21:00:00Z', endsAt: '2027-03-01T22:00:00Z' };
  for (const wrong of [over, { ...notice, endsAt: notice.startsAt }, { ...notice, message: '' }])
    expectCode(await operator.api.post('/platform/maintenance-notices', wrong), 'validation_failed');
  const listed = expectStatus(await api.get('/maintenance-notices'), 200).body.data;
  expect(listed.map(({ id }: { id: string }) => id)).not.toContain(made.id);
  await until(() => client.heard.filter(({ type }) => type === 'maintenance_notice').length >= 2);
  at('2027-03-21T08:00:00.000Z');
  await until(() => client.names().has('appointment_reminder'));
  at(NOW);
  expectStatus(await api.put(`/appointments/${appointmentId}`, { startsAt: slot(1) }), 200);
  expectStatus(await api.delete(`/appointments/${appointmentId}`), 200);
  await until(() => client.names().has('appointment_cancelled') && client.names().has('typing'));

  expect([...client.names()].sort()).toEqual([...messageNames].sort());
  const faultsOf = await documentedAt(one);
  expect([...client.heard, ...staff.heard].flatMap(faultsOf)).toEqual([]);
  for (const message of client.heard) {
    expect(Object.keys(message).sort()).toEqual(['data', 'id', 'occurredAt', 'tenantId', 'type']);
    expect(message.tenantId).toBe(clinic.tenantId);
  }
  const notices = client.heard.filter(({ type }) => type === 'maintenance_notice').map(({ data }) => data);
  expect(notices.map(({ status }) => status)).toEqual(['planned', 'withdrawn']);
  expect(notices[0]).toEqual({ status: 'planned', noticeId: made.id, ...notice });
  const [told] = client.heard.filter(({ type }) => type === 'system_notification');
  const [kept] = (await api.get('/notifications')).body.data.filter(
    ({ kind }: { kind: string }) => kind === 'appointment_booked',
  );
  expect(told?.data).toEqual({
    kind: 'notification',
    notificationId: kept.id,
    about: 'appointment_booked',
    title: kept.title,
    appointmentId,
  });
});

test('what is offered to a patient who waits, and what administrators have to look into, is told to them alone', async () => {
  const { clinic, patient, serviceId, doctorId } = await aBookableDoctor(one);
  const [waiting, doctor] = [await clinic.patient(), await clinic.staff('doctor')];
  const hears = await connect(two, waiting);
  const admin = await connect(two, clinic.admin);
  const bystander = await connect(two, patient);
  const kindsOf = ({ heard }: Client) =>
    new Set(
      heard.map(({ data }) => data.kind).filter((kind) => kind !== undefined && kind !== 'notification'),
    );
  const visit = { doctorId, serviceId, startsAt: slot(0) };
  const { id } = expectStatus(await patient.api.post('/appointments', visit), 201).body;
  const wish = { serviceId, doctorId, earliest: slot(0), latest: slot(2) };
  expectStatus(await waiting.api.post('/waitlist', wish), 201);
  expectStatus(await patient.api.delete(`/appointments/${id}`), 200);
  const path = `/patients/${patient.patientId}/break-glass`;
  expectStatus(await doctor.api.post(path, { reason: 'Emergency' }), 201);
  await until(() => kindsOf(hears).has('waitlist_offer'));
  await until(() => kindsOf(admin).has('record_opened_by_break_glass'));
  expect([kindsOf(hears), kindsOf(admin), kindsOf(bystander)].map((kinds) => [...kinds])).toEqual([
    ['waitlist_offer'],
    ['record_opened_by_break_glass'],
    [],
  ]);
});

test('at two processes each event arrives once and in its place, and nothing of others ever', async () => {
  const here = await aBookableDoctor(one);
  const elsewhere = await aBookableDoctor(two);
  const stranger = await here.clinic.patient();
  const [admins, [neighbour, other]] = [
    await Promise.all([one, two].map((server) => connect(server, here.clinic.admin))),
    await Promise.all([connect(one, elsewhere.clinic.admin), connect(two, stranger)]),
  ];
  const { doctorId, serviceId, patient } = here;
  await Promise.all(
    [0, 1, 2, 3, 4, 5].map(async (n) => {
      const visit = { doctorId, serviceId, startsAt: slot(n) };
      const { id } = expectStatus(await patient.api.post('/appointments', visit), 201).body;
      expectStatus(await patient.api.delete(`/appointments/${id}`), 200);
    }),
  );
  const visit = { doctorId: elsewhere.doctorId, serviceId: elsewhere.serviceId, startsAt: slot(0) };
  expectStatus(await elsewhere.patient.api.post('/appointments', visit), 201);
  await until(() => neighbour.names().has('appointment_created'));
  const ofVisits = ({ heard }: Client) =>
    heard.filter(({ type }) => type.startsWith('appointment_')).map(({ id }) => id);
  await until(() => admins.every((admin) => ofVisits(admin).length >= 12));
  const feed = await here.clinic.admin.api.get(
    '/events?limit=1000&type=appointment.booked,appointment.cancelled',
  );
  const inOrder = feed.body.data.map(({ id }: { id: string }) => id);
  for (const admin of admins) expect(ofVisits(admin)).toEqual(inOrder);
  expect(neighbour.heard.every(({ tenantId }) => tenantId === elsewhere.clinic.tenantId)).toBe(true);
  expect([...other.names()]).toEqual(['ready']);
});

test('a doctor whose last connection is gone for two minutes is offline, and comes back as what they were', async () => {
  const { clinic, patient, serviceId } = await aBookableDoctor(one);
  const person = await clinic.staff('doctor');
  const doctorId = await clinic.doctor([serviceId], { userId: person.userId });
  const watching = await connect(two, patient, doctorId);
  const said = () =>
    watching.heard.filter(({ type }) => type === 'doctor_status_changed').map(({ data }) => data.status);
  expectStatus(await person.api.put(`/doctors/${doctorId}/status`, { status: 'available' }), 200);
  const first = await connect(one, person);
  first.disconnect();
  let now = Date.parse(NOW);
  await until(() => {
    now += 120_000; // Until well after the server has noticed.
    at(new Date(now).toISOString());
    return said().at(-1) === 'offline';
  });
  at(NOW);
  await connect(two, person);
  await until(() => said().length === 3);
  expect(said()).toEqual(['available', 'offline', 'available']);
});

describe('a client that was away', () => {
  test('comes back to another process and misses nothing', async () => {
    const { clinic, patient, serviceId, doctorId } = await aBookableDoctor(one);
    const client = await connect(one, clinic.admin, doctorId);
    client.io.reconnection(false);
    client.io.engine.close();
    await until(() => client.disconnected);
    for (const n of [0, 1, 2]) {
      const visit = { doctorId, serviceId, startsAt: slot(n) };
      expectStatus(await patient.api.post('/appointments', visit), 201);
    }
    (client.io as unknown as { uri: string }).uri = two.url;
    client.connect();
    await until(() => client.heard.filter(({ type }) => type === 'appointment_created').length >= 3);
    expect(client.recovered).toBe(true);
    await until(() => client.heard.filter(({ type }) => type === 'availability_updated').length >= 3);
    const created = client.heard.filter(({ type }) => type === 'appointment_created');
    expect(created.map(({ data }) => data.appointment.startsAt)).toEqual([0, 1, 2].map(slot));
  });
});
