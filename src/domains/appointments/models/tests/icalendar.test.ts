import { describe, expect, test } from '@jest/globals';
import ICAL from 'ical.js';
import { type CalendarVisit, eventOf, namedIn } from '../calendar-visit.ts';
import { type CalendarEvent, type EventCalendar, writeCalendar } from '../icalendar.ts';

const event: CalendarEvent = {
  uid: '01989f6e-6c3a-7cc1-9d57-0f3b8f8f7c1e@doctor-appointment-saas',
  sequence: 3,
  createdAt: new Date('2027-03-01T10:00:00.000Z'),
  changedAt: new Date('2027-03-02T11:22:33.444Z'),
  startsAt: new Date('2027-03-22T08:00:00.000Z'),
  endsAt: new Date('2027-03-22T08:30:00.000Z'),
  summary: 'Check-up: Dr. Ada Berger',
  location: 'Practice, Main Street 1',
  status: 'CONFIRMED',
};
const calendar = (changes: Partial<CalendarEvent> = {}, more: Partial<EventCalendar> = {}): string =>
  writeCalendar({
    method: 'PUBLISH',
    organizer: { name: 'A Clinic', uri: 'urn:uuid:01989f6e-6c3a-7cc1-9d57-0f3b8f8f7c1e' },
    events: [{ ...event, ...changes }],
    ...more,
  });

/** What another program makes of the text. */
const readBack = (text: string) => {
  const component = new ICAL.Component(ICAL.parse(text) as unknown[]);
  const vevent = component.getFirstSubcomponent('vevent');
  if (!vevent) throw new Error('no event');
  return { component, vevent, event: new ICAL.Event(vevent) };
};

describe('a calendar', () => {
  test('is read back by another program as what it was', () => {
    const { component, vevent, event: read } = readBack(calendar());
    expect(component.getFirstPropertyValue('method')).toBe('PUBLISH');
    expect(read.uid).toBe(event.uid);
    expect(read.sequence).toBe(3);
    expect(read.startDate.toJSDate()).toEqual(event.startsAt);
    expect(read.endDate.toJSDate()).toEqual(event.endsAt);
    expect(read.summary).toBe(event.summary);
    expect(read.location).toBe(event.location);
    expect(vevent.getFirstPropertyValue('status')).toBe('CONFIRMED');
    expect(String(vevent.getFirstPropertyValue('dtstamp'))).toBe('2027-03-02T11:22:33Z');
  });

  test.each([
    ['before the clocks go forward', '2027-03-28T00:30:00.000Z', '2027-03-28T01:30:00.000Z'],
    ['in the first 02:30 of the night', '2027-10-31T00:30:00.000Z', '2027-10-31T01:00:00.000Z'],
    ['in the second 02:30 of the night', '2027-10-31T01:30:00.000Z', '2027-10-31T02:00:00.000Z'],
  ])('keeps its instants %s', (_when, startsAt, endsAt) => {
    const { event: read } = readBack(calendar({ startsAt: new Date(startsAt), endsAt: new Date(endsAt) }));
    expect(read.startDate.toJSDate().toISOString()).toBe(startsAt);
    expect(read.endDate.toJSDate().toISOString()).toBe(endsAt);
  });

  test.each([
    'commas, semicolons; and \\ backslashes \\n',
    'two\nlines',
    `${'日本語の診察'.repeat(30)} 👩‍⚕️👨‍👩‍👧‍👦`,
    'é'.repeat(200),
  ])('keeps the text %j', (summary) => {
    expect(readBack(calendar({ summary, location: summary })).event.summary).toBe(summary);
    expect(readBack(calendar({ summary, location: summary })).event.location).toBe(summary);
  });

  test.each(['\r\nBEGIN:VALARM', '\rX-EVIL:1', '\u2028X-EVIL:1', '\n\u0000X-EVIL:1'])(
    'lets no text begin a line of its own: %j',
    (text) => {
      const written = calendar(
        { summary: text, location: text },
        {
          organizer: { name: `"${text}`, uri: 'urn:x' },
          subscription: { name: text, refreshHours: 1 },
        },
      );
      expect(
        written.split(/\r\n|[\r\n\u2028]/).filter((line) => /^(BEGIN:VALARM|X-EVIL)/.test(line)),
      ).toEqual([]);
      expect(readBack(written).vevent.getAllSubcomponents()).toEqual([]);
    },
  );

  test('has lines of at most 75 octets that end with CRLF, and cuts no character', () => {
    const text = calendar({ summary: `x${'日本語👩‍⚕️'.repeat(40)}` });
    const lines = text.split('\r\n');
    expect(lines.at(-1)).toBe('');
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
    expect(text).not.toMatch(/[^\r]\n|\uFFFD/);
  });

  test('that is subscribed to says its name and how often to ask again', () => {
    const text = calendar({}, { subscription: { name: 'Ada; Clinic', refreshHours: 1 } });
    expect(text).toContain('\r\nNAME:Ada\\; Clinic\r\nX-WR-CALNAME:Ada\\; Clinic\r\n');
    const { component } = readBack(text);
    expect(component.getFirstProperty('refresh-interval')?.type).toBe('duration');
    expect(String(component.getFirstPropertyValue('refresh-interval'))).toBe('PT1H');
  });

  test('is the same text as long as nothing has changed', () => {
    expect(calendar()).toBe(calendar());
  });
});

describe('the event of a visit', () => {
  const visit: CalendarVisit = {
    id: '01989f6e-6c3a-7cc1-9d57-0f3b8f8f7c1e',
    doctorId: 'doctor',
    serviceId: 'service',
    locationId: 'place',
    startsAt: event.startsAt,
    endsAt: event.endsAt,
    status: 'confirmed',
    version: 1,
    createdAt: event.createdAt,
    updatedAt: event.changedAt,
  };
  const names = {
    doctors: new Map([['doctor', 'Dr. Ada Berger']]),
    services: new Map([['service', 'Check-up']]),
    locations: new Map([['place', 'Practice, Main Street 1']]),
  };

  test('names service and doctor for the patient, and the service alone for the doctor', () => {
    expect(eventOf(visit, names, 'patient')).toMatchObject({
      uid: event.uid,
      sequence: 0,
      summary: 'Check-up: Dr. Ada Berger',
      location: 'Practice, Main Street 1',
    });
    expect(eventOf({ ...visit, version: 2 }, names, 'doctor')).toMatchObject({
      sequence: 1,
      summary: 'Check-up',
    });
  });

  test.each([
    ['pending', 'TENTATIVE'],
    ['confirmed', 'CONFIRMED'],
    ['completed', 'CONFIRMED'],
    ['no_show', 'CONFIRMED'],
    ['cancelled', 'CANCELLED'],
  ] as const)('that is %s is %s', (status, expected) => {
    expect(eventOf({ ...visit, status }, names, 'patient').status).toBe(expected);
  });

  test('has no place where the visit has none', () => {
    expect(eventOf({ ...visit, locationId: null }, names, 'patient').location).toBeUndefined();
    expect(namedIn([visit, { ...visit, locationId: null }])).toEqual({
      doctorIds: ['doctor'],
      serviceIds: ['service'],
      locationIds: ['place'],
    });
  });
});
