import { describe, expect, test } from '@jest/globals';
import { createCircuitBreaker } from '../circuit-breaker.ts';
import { dialable } from '../phone-number.ts';
import { plansFor } from '../plan.ts';
import { changed, noPreferences, uses } from '../preferences.ts';
import { isPushService } from '../push-service.ts';
import { sendableAt } from '../quiet-hours.ts';
import { createReminderLinks } from '../reminder-link.ts';
import { backoffMs } from '../retry.ts';
import { replyMeaning } from '../sms-reply.ts';
import { isSignedBy } from '../twilio-signature.ts';
import { whenOf } from '../visit-words.ts';

const minutes = (hours: number, rest = 0) => hours * 60 + rest;

describe('quiet hours', () => {
  const quiet = {
    quietHours: { startTime: minutes(21), endTime: minutes(7, 30) },
    timezone: 'Europe/Berlin',
  };
  const after = (now: string, visit?: string, hours = quiet) =>
    sendableAt(new Date(now), hours, visit === undefined ? undefined : new Date(visit)).toISOString();

  test('delay until they are over, in the zone of the recipient', () => {
    expect(after('2027-03-15T21:00:00Z')).toBe('2027-03-16T06:30:00.000Z'); // 22:00 until 07:30
    expect(after('2027-03-16T02:00:00Z')).toBe('2027-03-16T06:30:00.000Z');
    expect(after('2027-03-16T06:30:00Z')).toBe('2027-03-16T06:30:00.000Z');
    expect(after('2027-03-15T12:00:00Z')).toBe('2027-03-15T12:00:00.000Z');
  });

  test('end when the clock says so, also in a night in which it is changed', () => {
    expect(after('2027-03-27T21:00:00Z')).toBe('2027-03-28T05:30:00.000Z'); // 07:30 CEST
    expect(after('2027-10-30T21:00:00Z')).toBe('2027-10-31T06:30:00.000Z'); // 07:30 CET
  });

  test('within one day are those of that day', () => {
    const noon = { ...quiet, quietHours: { startTime: minutes(12), endTime: minutes(14) } };
    expect(after('2027-03-15T11:30:00Z', undefined, noon)).toBe('2027-03-15T13:00:00.000Z');
    expect(after('2027-03-15T13:00:00Z', undefined, noon)).toBe('2027-03-15T13:00:00.000Z');
  });

  test('do not hold back what would come too late for the visit', () => {
    expect(after('2027-03-16T05:00:00Z', '2027-03-16T06:45:00Z')).toBe('2027-03-16T05:00:00.000Z');
    expect(after('2027-03-16T05:00:00Z', '2027-03-16T07:30:00Z')).toBe('2027-03-16T06:30:00.000Z');
  });
});

test('times are told on the clock of the visit, with the name of its zone', () => {
  const repeated = ['2027-10-31T00:30:00Z', '2027-10-31T01:30:00Z'].map((instant) =>
    whenOf(new Date(instant), 'Europe/Berlin', 'en'),
  );
  expect(repeated[0]).toMatch(/Sunday,? 31 October 2027, 02:30 CEST \(Europe\/Berlin\)/);
  expect(repeated[1]).toMatch(/02:30 CET \(Europe\/Berlin\)/);
  expect(whenOf(new Date('2027-03-22T08:00:00Z'), 'Asia/Kolkata', 'de')).toMatch(/13:30.*\(Asia\/Kolkata\)/);
});

test('retries wait longer each time, up to a quarter of an hour, and not all as long', () => {
  expect([1, 2, 3, 20].map((attempts) => backoffMs(attempts, 0))).toEqual([15_000, 30_000, 60_000, 900_000]);
  expect(backoffMs(1, 1)).toBe(7_500);
});

test('a provider that fails five times in a row is left alone for half a minute, then tried by one', () => {
  let now = Date.parse('2027-03-15T08:00:00Z');
  const breaker = createCircuitBreaker({ now: () => new Date(now) });
  for (let n = 0; n < 4; n++) breaker.failed();
  breaker.succeeded();
  for (let n = 0; n < 4; n++) breaker.failed();
  expect(breaker.closedUntil()).toBeUndefined();
  breaker.failed();
  expect(breaker.closedUntil()).toEqual(new Date(now + 30_000));
  now += 30_000;
  expect(breaker.closedUntil()).toBeUndefined();
  expect(breaker.closedUntil()).toBeDefined();
  breaker.succeeded();
  expect(breaker.closedUntil()).toBeUndefined();
});

test.each([
  ['+49 151 2345678', undefined, '+491512345678'],
  ['0049 (151) 2345678', undefined, '+491512345678'],
  ['0151 2345678', '49', '+491512345678'],
  ['0151 2345678', undefined, undefined],
  ['110', '49', undefined],
])('%s with country code %s is dialled as %s', (phone, countryCode, number) => {
  expect(dialable(phone, countryCode)).toBe(number);
});

test.each([
  ['YES', 'confirm'],
  ['Ja, danke', 'confirm'],
  ['no', 'cancel'],
  ['Nein!', 'cancel'],
  ['Nobody', undefined],
  ['constructor', undefined],
  ['', undefined],
])('the reply "%s" means %s', (text, meaning) => {
  expect(replyMeaning(text)).toBe(meaning);
});

test('a preference changes what it names, and nothing else', () => {
  const own = changed(noPreferences, { kinds: { appointment_reminder: { email: false } } });
  const again = changed(own, { kinds: { appointment_reminder: { sms: false } }, language: 'de' });
  expect(uses(again, 'appointment_reminder', 'email')).toBe(false);
  expect(uses(again, 'appointment_reminder', 'sms')).toBe(false);
  expect(uses(again, 'appointment_reminder', 'inApp')).toBe(true);
  expect(uses(again, 'appointment_booked', 'email')).toBe(true);
  expect(uses(again, 'password_reset', 'sms')).toBe(false);
});

test.each([
  ['https://fcm.googleapis.com/fcm/send/x', true],
  ['https://updates.push.services.mozilla.com/wpush/v2/x', true],
  ['https://push.example.org:8443/x', true],
  ['https://evilfcm.googleapis.com.example.org/x', false],
  ['https://xfcm.googleapis.com/x', false],
  ['https://fcm.googleapis.com:22/x', false],
  ['http://fcm.googleapis.com/x', false],
  ['https://user@fcm.googleapis.com/x', false],
  ['https://169.254.169.254/latest', false],
  ['https://localhost/x', false],
])('%s is the address of a push service: %s', (endpoint, isOne) => {
  expect(isPushService(endpoint, ['push.example.org:8443'])).toBe(isOne);
});

test('the link of a reminder is read back, and a changed one is not', () => {
  const links = createReminderLinks('secret');
  const name = {
    tenantId: '01989f6e-6c3a-7cc1-9d57-0f3b8f8f7c1e',
    reminderId: '01989f6e-6c3a-7cc1-9d57-0f3b8f8f7c1f',
  };
  const token = links.tokenOf(name);
  expect(links.read(token)).toEqual(name);
  expect(createReminderLinks('another').read(token)).toBeUndefined();
  for (const at of [0, 20, 40, 60]) {
    const changedToken = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
    expect(links.read(changedToken)).toBeUndefined();
  }
});

test('a request is signed as the provider’s documentation shows', () => {
  const fields = {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675310',
    Digits: '1234',
    From: '+14158675310',
    To: '+18005551212',
  };
  const url = 'https://example.com/myapp.php?foo=1&bar=2';
  const signature = 'L/OH5YylLD5NRKLltdqwSvS0BnU=';
  expect(isSignedBy('12345', { url, fields, signature })).toBe(true);
  expect(isSignedBy('12345', { url, fields: { ...fields, Digits: '1' }, signature })).toBe(false);
  expect(isSignedBy('12345', { url, fields, signature: '' })).toBe(false);
});

describe('what an event has to be told', () => {
  const appointment = {
    id: 'a',
    doctorId: 'd',
    patientId: 'p',
    status: 'confirmed',
    startsAt: '2027-03-22T08:00:00.000Z',
  };
  const kindsOf = (type: string, payload: object) =>
    plansFor({ type, payload }).map(({ kind, audience }) => [kind, audience]);

  test('a visit that goes to another doctor is new to that one and gone for the one before', () => {
    const previous = { doctorId: 'e', startsAt: appointment.startsAt };
    expect(kindsOf('appointment.rescheduled', { appointment, previous })).toEqual([
      ['appointment_rescheduled', { patientId: 'p' }],
      ['calendar_booked', { doctorId: 'd' }],
      ['calendar_cancelled', { doctorId: 'e' }],
    ]);
  });

  test('a request is told as one until it is confirmed', () => {
    const pending = { appointment: { ...appointment, status: 'pending' } };
    expect(kindsOf('appointment.booked', pending)[0]?.[0]).toBe('appointment_requested');
    expect(kindsOf('appointment.status_changed', { appointment })[0]?.[0]).toBe('appointment_confirmed');
  });

  test('emergency access and a webhook that was switched off are told to the administrators', () => {
    for (const type of ['patient.record_opened_by_break_glass', 'webhook.disabled']) {
      expect(kindsOf(type, {})).toEqual([['system_alert', { role: 'tenant_admin' }]]);
    }
  });

  test('other events are told to nobody', () => {
    expect(plansFor({ type: 'constructor', payload: {} })).toEqual([]);
    expect(plansFor({ type: 'doctor.created', payload: {} })).toEqual([]);
  });
});
