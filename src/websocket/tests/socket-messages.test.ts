import { describe, expect, test } from '@jest/globals';
import type { StoredEvent } from '../../events/stored-event.ts';
import { newId } from '../../shared/types/id.ts';
import { socketMessagesFor } from '../socket-messages.ts';
import { aSocketAppointment } from './a-socket-appointment.ts';

const [d1, d2, p1] = [newId(), newId(), newId()];
const told = aSocketAppointment({ doctorId: d1, patientId: p1 });
const appointment = {
  ...told,
  reason: 'a sore throat',
  notes: 'called twice',
  cancellation: { reason: 'is in hospital', by: 'u1' },
};
const previous = { doctorId: d2, startsAt: '2027-03-21T08:00:00.000Z', endsAt: '2027-03-21T08:30:00.000Z' };

const event = (type: string, payload: Record<string, unknown>): StoredEvent => ({
  id: 'e1',
  tenantId: 't1',
  type,
  payload,
  requestId: 'r1',
  occurredAt: new Date('2027-03-20T10:00:00Z'),
  sequence: 1,
});
const rooms = (type: string, payload: Record<string, unknown>, name: string) =>
  socketMessagesFor(event(type, payload))
    .filter((message) => message.name === name)
    .flatMap((message) => message.rooms);

test('waitlist.offer_made is told to its patient only, without the service; others learn that the time is taken', () => {
  const offer = {
    entryId: newId(),
    offerId: newId(),
    doctorId: d1,
    startsAt: '2027-03-22T08:00:00.000Z',
    endsAt: '2027-03-22T08:30:00.000Z',
    expiresAt: '2027-03-20T10:30:00.000Z',
  };
  expect(
    socketMessagesFor(event('waitlist.offer_made', { ...offer, patientId: p1, serviceId: newId() })),
  ).toEqual([
    {
      name: 'system_notification',
      rooms: [`t:t1:patient:${p1}`],
      data: { kind: 'waitlist_offer', ...offer },
    },
    {
      name: 'availability_updated',
      rooms: [`t:t1:calendar:${d1}`],
      data: { doctorId: d1, from: offer.startsAt, to: offer.endsAt },
    },
  ]);
});

test.each([
  'appointment.hold_made',
  'appointment.hold_released',
  'appointment.hold_expired',
  'waitlist.offer_ended',
])('%s is told to whoever watches the calendar, as times alone', (type) => {
  const { doctorId, startsAt, endsAt } = appointment;
  expect(socketMessagesFor(event(type, appointment))).toEqual([
    {
      name: 'availability_updated',
      rooms: [`t:t1:calendar:${d1}`],
      data: { doctorId, from: startsAt, to: endsAt },
    },
  ]);
});

describe('an appointment', () => {
  const cases = [
    ['appointment.booked', 'appointment_created'],
    ['appointment.rescheduled', 'appointment_updated'],
    ['appointment.status_changed', 'appointment_updated'],
    ['appointment.updated', 'appointment_updated'],
    ['appointment.cancelled', 'appointment_cancelled'],
  ] as const;
  const types = cases.map(([type]) => type);

  test.each(cases)('%s is told once, as %s, to staff, its doctor and its patient only', (type, name) => {
    expect(rooms(type, { appointment }, name)).toEqual([
      't:t1:staff',
      `t:t1:doctor:${d1}`,
      `t:t1:patient:${p1}`,
    ]);
  });

  test.each(types)('%s tells the calendar nothing but doctor and time', (type) => {
    const calendar = socketMessagesFor(event(type, { appointment })).filter((message) =>
      message.rooms.some((room) => room.includes(':calendar:')),
    );
    expect(calendar).toEqual([
      {
        name: 'availability_updated',
        rooms: [`t:t1:calendar:${d1}`],
        data: { doctorId: d1, from: appointment.startsAt, to: appointment.endsAt },
      },
    ]);
  });

  test.each(types)('%s tells whom it concerns everything else', (type) => {
    const [message] = socketMessagesFor(event(type, { appointment }));
    expect(message?.data).toEqual({ appointment: told });
  });

  test.each(types)("%s never carries anybody's own words", (type) => {
    const sent = JSON.stringify(socketMessagesFor(event(type, { appointment, previous })));
    for (const words of [appointment.reason, appointment.notes, appointment.cancellation.reason]) {
      expect(sent).not.toContain(words);
    }
  });

  test('that changes its doctor is told to both doctors and both calendars, each with its own time', () => {
    const payload = { appointment, previous };
    expect(rooms('appointment.rescheduled', payload, 'appointment_updated')).toEqual([
      't:t1:staff',
      `t:t1:doctor:${d1}`,
      `t:t1:doctor:${d2}`,
      `t:t1:patient:${p1}`,
    ]);
    const calendars = socketMessagesFor(event('appointment.rescheduled', payload)).slice(1);
    expect(calendars.map(({ data }) => data)).toEqual([
      { doctorId: d1, from: appointment.startsAt, to: appointment.endsAt },
      { doctorId: d2, from: previous.startsAt, to: previous.endsAt },
    ]);
  });

  test('that moves within one calendar is told there once, over both times', () => {
    const payload = { appointment, previous: { ...previous, doctorId: d1 } };
    const calendars = socketMessagesFor(event('appointment.rescheduled', payload)).slice(1);
    expect(calendars.map(({ data }) => data)).toEqual([
      { doctorId: d1, from: previous.startsAt, to: appointment.endsAt },
    ]);
  });
});

describe('a doctor', () => {
  test('whose working time changes is told to the calendar', () => {
    const payload = { doctorId: d1, reason: 'on sick leave' };
    expect(socketMessagesFor(event('doctor.availability_changed', payload))).toEqual([
      { name: 'availability_updated', rooms: [`t:t1:calendar:${d1}`], data: { doctorId: d1 } },
    ]);
  });

  test('whose status changes is told to the calendar', () => {
    const payload = { doctorId: d1, status: 'away' };
    expect(socketMessagesFor(event('doctor.status_changed', payload))).toEqual([
      { name: 'doctor_status_changed', rooms: [`t:t1:calendar:${d1}`], data: payload },
    ]);
  });
});

test.each(['patient.updated', 'constructor', 'session.revoked'])('%s is told to no one', (type) => {
  expect(socketMessagesFor(event(type, {}))).toEqual([]);
});
