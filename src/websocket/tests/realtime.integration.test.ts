import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '../../shared/tests/until.ts';
import { newId } from '../../shared/types/id.ts';
import { ask, realtimeWorld, type Client, type Process, type RealtimeWorld } from './realtime-world.ts';

let world: RealtimeWorld;
let server: Process;
beforeEach(async () => {
  world = realtimeWorld();
  server = await world.process();
});
afterEach(() => world.end());

/** Ends when everything that was sent before has arrived: messages to one client keep their order. */
const settled = async (clients: readonly Client[], of = world.tenantId) => {
  const doctorId = newId();
  world.doctors.add(doctorId);
  for (const client of clients) expect(await ask(client, 'subscribe', { doctorId })).toEqual({ ok: true });
  const event = world.event('doctor.status_changed', { doctorId, status: 'busy' }, of);
  await server.realtime.deliver(event);
  for (const client of clients) await until(() => client.received.some(({ id }) => id === event.id));
};

describe('the handshake', () => {
  const refusalOf = (auth: Record<string, unknown>) =>
    new Promise<{ message: string; data?: unknown }>((resolve) => {
      world.client(server, auth).once('connect_error', resolve);
    });

  test.each([{}, { token: '' }, { token: 7 }])('refuses %j as unauthenticated', async (auth) => {
    const { message, data } = await refusalOf(auth);
    expect(data).toEqual({ code: 'unauthenticated' });
    expect(message).toBe('The request carries no valid access token');
  });

  test('refuses a token with the code of what is wrong with it', async () => {
    expect((await refusalOf({ token: 'old' })).data).toEqual({ code: 'token_expired' });
  });

  test('greets a client with a message like any other', async () => {
    const client = await world.connected(server, world.token('patient'));
    const [ready] = client.received;
    expect(Object.keys(ready ?? {}).sort()).toEqual(['data', 'id', 'occurredAt', 'tenantId', 'type']);
    expect(ready?.tenantId).toBe(world.tenantId);
  });

  test('names the allowed origins to browsers', async () => {
    const origin = async (asked: string) =>
      (
        await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, { headers: { origin: asked } })
      ).headers.get('access-control-allow-origin');
    expect(await origin('https://clinic.example')).toBe('https://clinic.example');
    expect(await origin('https://elsewhere.example')).not.toBe('https://elsewhere.example');
  });
});

describe('a booking', () => {
  test('is told once to its doctor, its patient and the staff, and to nobody else', async () => {
    const [doctorId, patientId] = [newId(), newId()];
    const told = await Promise.all([
      world.connected(server, world.token('receptionist')),
      world.connected(server, world.token('doctor', { doctorId })),
      world.connected(server, world.token('patient', { patientId })),
      world.connected(server, world.token('tenant_admin', { doctorId, patientId })),
    ]);
    const notTold = await Promise.all([
      world.connected(server, world.token('doctor', { doctorId: newId() })),
      world.connected(server, world.token('patient', { patientId: newId() })),
    ]);
    const event = world.booked({ doctorId, patientId });
    await server.realtime.deliver(event);
    await settled([...told, ...notTold]);
    for (const client of told) {
      expect(client.named('appointment_created')).toEqual([
        {
          id: event.id,
          type: 'appointment_created',
          occurredAt: event.occurredAt.toISOString(),
          tenantId: world.tenantId,
          data: event.payload,
        },
      ]);
    }
    for (const client of notTold) expect(client.named('appointment_created')).toEqual([]);
  });

  test('is not told to another clinic, even about the same ids', async () => {
    const [doctorId, patientId] = [newId(), newId()];
    const tenantId = newId();
    const token = world.token('tenant_admin', { tenantId, doctorId, patientId });
    const stranger = await world.connected(server, token);
    await server.realtime.deliver(world.booked({ doctorId, patientId }));
    await settled([stranger], tenantId);
    expect(stranger.named('appointment_created')).toEqual([]);
  });

  test('shows a patient who watches the calendar only when, not who', async () => {
    const doctorId = newId();
    world.doctors.add(doctorId);
    const patient = await world.connected(server, world.token('patient', { patientId: newId() }));
    await ask(patient, 'subscribe', { doctorId });
    await server.realtime.deliver(world.booked({ doctorId }));
    await settled([patient]);
    expect(patient.named('availability_updated').map(({ data }) => data)).toEqual([
      { doctorId, from: '2027-03-22T08:00:00.000Z', to: '2027-03-22T08:30:00.000Z' },
    ]);
    expect(patient.named('appointment_created')).toEqual([]);
  });

  test('reaches clients of another process', async () => {
    const other = await world.process();
    const client = await world.connected(other, world.token('receptionist'));
    // The other process reads from the moment its connection stands.
    await until(async () => {
      await server.realtime.deliver(world.booked());
      return client.named('appointment_created').length > 0;
    });
    const event = world.booked();
    await server.realtime.deliver(event);
    await until(() => client.named('appointment_created').some(({ id }) => id === event.id));
  });
});

describe('a command', () => {
  test('after unsubscribe a calendar is silent', async () => {
    const doctorId = newId();
    world.doctors.add(doctorId);
    const client = await world.connected(server, world.token('receptionist'));
    await ask(client, 'subscribe', { doctorId });
    expect(await ask(client, 'unsubscribe', { doctorId })).toEqual({ ok: true });
    await server.realtime.deliver(world.event('doctor.availability_changed', { doctorId }));
    await settled([client]);
    expect(client.named('availability_updated')).toEqual([]);
  });

  test('names an unknown doctor, an unknown appointment and a payload that is not valid', async () => {
    const client = await world.connected(server, world.token('receptionist'));
    const refused = (code: string) => ({ ok: false, code });
    expect(await ask(client, 'subscribe', { doctorId: newId() })).toEqual(refused('doctor_not_found'));
    expect(await ask(client, 'typing', { appointmentId: newId() })).toEqual(refused('appointment_not_found'));
    for (const payload of [[], [null], ['x'], [{ doctorId: 'x' }], [{ doctorId: newId(), more: 1 }]]) {
      expect(await ask(client, 'subscribe', ...payload)).toEqual(refused('validation_failed'));
    }
  });

  test('needs no acknowledgement', async () => {
    const client = await world.connected(server, world.token('receptionist'));
    client.emit('subscribe', { doctorId: newId() }, undefined as never);
    client.emit('typing', undefined as never, undefined as never);
    await settled([client]);
  });

  test('is refused when there are too many', async () => {
    const client = await world.connected(server, world.token('receptionist'));
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => ask(client, 'unsubscribe', { doctorId: newId() })),
    );
    expect(answers).toContainEqual({ ok: true });
    expect(answers).toContainEqual({ ok: false, code: 'rate_limited' });
  });

  test('typing is told to the others whom the appointment concerns, and to nobody else', async () => {
    const [appointmentId, doctorId, patientId] = [newId(), newId(), newId()];
    world.appointments.set(appointmentId, { doctorId, patientId });
    const doctor = await world.connected(server, world.token('doctor', { doctorId }));
    const patient = await world.connected(server, world.token('patient', { patientId }));
    const stranger = await world.connected(server, world.token('patient', { patientId: newId() }));
    expect(await ask(doctor, 'typing', { appointmentId })).toEqual({ ok: true });
    await settled([doctor, patient, stranger]);
    expect(patient.named('typing').map(({ data }) => data)).toMatchObject([{ appointmentId }]);
    expect([...doctor.named('typing'), ...stranger.named('typing')]).toEqual([]);
  });
});

describe('a session that ends', () => {
  const sessionOf = (token: string) => world.callers.get(token)?.sessionId ?? '';

  test('closes its sockets at once, and no others', async () => {
    const [ending, staying] = [world.token('receptionist'), world.token('receptionist')];
    const client = await world.connected(server, ending);
    const other = await world.connected(server, staying);
    server.realtime.endSessions([sessionOf(ending)]);
    await until(() => client.disconnected);
    await settled([other]);
    expect(other.connected).toBe(true);
  });

  test('closes its sockets in other processes', async () => {
    const other = await world.process();
    const token = world.token('receptionist');
    const client = await world.connected(other, token);
    const event = world.event('session.revoked', { sessionIds: [sessionOf(token)] });
    await until(async () => {
      await server.realtime.deliver(event);
      return client.disconnected;
    });
  });

  test('closes nothing when no session is named', async () => {
    const client = await world.connected(server, world.token('receptionist'));
    server.realtime.endSessions([]);
    await settled([client]);
    expect(client.connected).toBe(true);
  });

  test('closes its sockets although nobody was told', async () => {
    const watchful = await world.process({ sessionCheckMs: 50 });
    const token = world.token('receptionist');
    const client = await world.connected(watchful, token);
    world.callers.delete(token);
    await until(() => client.disconnected);
  });
});

describe('the presence of a doctor', () => {
  test('begins with the first connection and ends some time after the last, over all processes', async () => {
    const watchful = await world.process({ absentAfterMs: 150 });
    const doctorId = newId();
    const token = world.token('doctor', { doctorId });
    const first = await world.connected(server, token);
    const second = await world.connected(watchful, token);
    await until(() => world.presenceSaid.length > 0);
    first.disconnect();
    // Another doctor who leaves is said to have left, while this one is still there.
    const otherId = newId();
    const other = await world.connected(server, world.token('doctor', { doctorId: otherId }));
    other.disconnect();
    await until(() => world.presenceSaid.includes(`left ${otherId}`));
    expect(world.presenceSaid).not.toContain(`left ${doctorId}`);
    second.disconnect();
    await until(() => world.presenceSaid.includes(`left ${doctorId}`));
    const saidOf = world.presenceSaid.filter((said) => said.endsWith(doctorId));
    expect(saidOf).toEqual([`came ${doctorId}`, `left ${doctorId}`]);
  });
});

describe('a client that was away', () => {
  const drop = async (client: Client) => {
    client.io.reconnection(false);
    client.io.engine.close();
    await until(() => client.disconnected);
    await until(() => server.realtime.connectionCount() === 0);
  };

  test('misses nothing, gets nothing twice, and is still subscribed', async () => {
    const doctorId = newId();
    world.doctors.add(doctorId);
    const client = await world.connected(server, world.token('receptionist'));
    await ask(client, 'subscribe', { doctorId });
    await server.realtime.deliver(world.booked());
    await until(() => client.named('appointment_created').length === 1);
    await drop(client);
    const missed = Array.from({ length: 10 }, () => world.booked({ doctorId }));
    for (const event of missed) await server.realtime.deliver(event);
    client.connect();
    await until(() => client.named('appointment_created').length >= 11);
    await settled([client]);
    expect(client.recovered).toBe(true);
    const created = client.named('appointment_created').map(({ id }) => id);
    expect(created.slice(1)).toEqual(missed.map(({ id }) => id));
    expect(client.named('availability_updated')).toHaveLength(10);
    const later = world.booked({ doctorId });
    await server.realtime.deliver(later);
    await until(() => client.named('availability_updated').length === 11);
  });

  test('misses nothing even if it had been told nothing before', async () => {
    const client = await world.connected(server, world.token('receptionist'));
    await drop(client);
    const event = world.booked();
    await server.realtime.deliver(event);
    client.connect();
    await until(() => client.named('appointment_created').some(({ id }) => id === event.id));
  });

  test('is told nothing of what it missed while its token is refused, and everything with a new one', async () => {
    const token = world.token('receptionist');
    const caller = world.callers.get(token);
    const client = await world.connected(server, token);
    await drop(client);
    world.callers.delete(token);
    const event = world.booked();
    await server.realtime.deliver(event);
    const wire: unknown[] = [];
    client.io.on('packet', (packet) => wire.push(packet.data));
    const refused = new Promise((resolve) => client.once('connect_error', resolve));
    client.connect();
    expect(await refused).toMatchObject({ data: { code: 'token_expired' } });
    expect(JSON.stringify(wire)).not.toContain(event.id);
    if (!caller) throw new Error('The caller is missing');
    world.callers.set('renewed', caller);
    client.auth = { token: 'renewed' };
    client.connect();
    await until(() => client.named('appointment_created').some(({ id }) => id === event.id));
  });

  test('is told nothing that its caller may no longer see', async () => {
    const token = world.token('receptionist');
    const caller = world.callers.get(token);
    const client = await world.connected(server, token);
    await drop(client);
    await server.realtime.deliver(world.booked());
    if (!caller) throw new Error('The caller is missing');
    world.callers.set(token, { ...caller, permissions: new Set(['doctors:read']) });
    client.connect();
    await until(() => client.connected);
    await settled([client]);
    expect(client.named('appointment_created')).toEqual([]);
  });
});

describe('while Redis is away', () => {
  test('clients connect and are told what happens in their process; when it is back, all goes on', async () => {
    const gate = await world.gate();
    await gate.shut();
    const alone = await world.process({ gate });
    const client = await world.connected(alone, world.token('receptionist'));
    await alone.realtime.deliver(world.booked());
    await until(() => client.named('appointment_created').length === 1);
    await gate.open();
    await until(async () => {
      await server.realtime.deliver(world.booked());
      return client.named('appointment_created').length > 1;
    });
    await gate.shut();
    const event = world.booked();
    await alone.realtime.deliver(event);
    await until(() => client.named('appointment_created').some(({ id }) => id === event.id));
    client.io.engine.close();
    await until(() => client.named('ready').length === 2);
    await alone.stop();
  });
});
