import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '../../src/shared/tests/until.ts';
import type { Answer } from '../support/api.ts';
import { expectStatus } from '../support/clinic.ts';
import { inboxOf, type Notifying, SMS, startNotifying, textsTo, told } from '../support/notifying.ts';

type Here = Awaited<ReturnType<Notifying['clinic']>>;

let notifying: Notifying;
beforeAll(async () => {
  notifying = await startNotifying();
});
beforeEach(() => {
  at('2027-03-15T08:00:00.000Z');
});
afterAll(() => notifying.stop());

const at = (instant: string) => {
  notifying.server.clock.set(instant);
};
const DAY_BEFORE = '2027-03-21T08:00:00.000Z';

/** Once it has told of the booking, the server has made the reminders. */
const booked = async (here: Here, startsAt?: string): Promise<string> => {
  const { id } = expectStatus(await here.book(undefined, startsAt), 201).body;
  await until(async () => (await inboxOf(here.patient)).some(({ appointmentId }) => appointmentId === id));
  return id;
};
const textsOf = (here: Here, count: number) =>
  until(() => {
    const texts = textsTo(notifying.phones, here.phone);
    return texts.length >= count ? texts : undefined;
  });
/** Another clinic's visit whose reminder is due at the same time: once it is sent, all that were due before are. */
const allThatIsDueIsSent = async (startsAt: string, due: string) => {
  const other = await notifying.clinic();
  await booked(other, startsAt);
  at(due);
  await textsOf(other, 1);
};

describe('a reminder', () => {
  test('is sent at each offset before the visit, once, in the zone of the visit', async () => {
    const here = await notifying.clinic();
    await booked(here);
    at('2027-03-21T07:59:59.000Z');
    expect(textsTo(notifying.phones, here.phone)).toEqual([]);
    at(DAY_BEFORE);
    const [text] = await textsOf(here, 1);
    expect(text).toMatch(/22 March 2027.*09:00 CET \(Europe\/Berlin\)/);
    expect(text).not.toContain('Check-up');
    at('2027-03-22T06:00:00.000Z');
    expect(await textsOf(here, 2)).toHaveLength(2);
    const reminders = (await inboxOf(await here.clinic.logIn(here.patient))).filter(
      ({ kind }) => kind === 'appointment_reminder',
    );
    expect(reminders).toHaveLength(2);
  });

  test('comes real minutes before, also over a night in which clocks are changed', async () => {
    const here = await notifying.clinic();
    await booked(here, '2027-03-28T07:00:00.000Z'); // 09:00 in Berlin, six hours after 02:00 became 03:00
    at('2027-03-27T06:59:59.000Z');
    expect(textsTo(notifying.phones, here.phone)).toEqual([]);
    at('2027-03-27T07:00:00.000Z'); // 08:00 in Berlin
    expect((await textsOf(here, 1))[0]).toContain('09:00 CEST');
  });

  test('follows a move, and is gone with a cancellation', async () => {
    const [moved, cancelled] = [await notifying.clinic(), await notifying.clinic()];
    const movedId = await booked(moved);
    const later = { startsAt: '2027-03-23T08:00:00.000Z' };
    expectStatus(await moved.patient.api.put(`/appointments/${movedId}`, later), 200);
    await told(moved.patient, 'appointment_rescheduled');
    expectStatus(await cancelled.patient.api.delete(`/appointments/${await booked(cancelled)}`), 200);
    await told(cancelled.patient, 'appointment_cancelled');
    await allThatIsDueIsSent('2027-03-22T08:00:00.000Z', DAY_BEFORE);
    expect(textsTo(notifying.phones, moved.phone)).toEqual([]);
    at('2027-03-22T08:00:00.000Z');
    expect((await textsOf(moved, 1))[0]).toContain('23 March');
    expect(textsTo(notifying.phones, cancelled.phone)).toEqual([]);
  });

  test('whose time has passed at booking is not sent', async () => {
    const here = await notifying.clinic();
    at('2027-03-21T20:00:00.000Z');
    const again = { ...here, patient: { ...here.patient, ...(await here.clinic.logIn(here.patient)) } };
    const { body } = await again.patient.api.post('/appointments', here.visit);
    await until(async () => (await inboxOf(again.patient)).some((each) => each.appointmentId === body.id));
    at('2027-03-22T06:00:00.000Z');
    expect(await textsOf(here, 1)).toHaveLength(1);
  });

  test('follows the offsets that the clinic sets, for visits that are booked already too', async () => {
    const here = await notifying.clinic();
    await booked(here);
    await here.clinic.settings({ reminderOffsetsMinutes: [180] });
    const other = await booked(here, '2027-03-23T08:00:00.000Z');
    expect(other).toBeDefined();
    at('2027-03-22T05:00:00.000Z');
    expect(await textsOf(here, 1)).toHaveLength(1);
  });
});

const linkIn = (text: string | undefined): string => /\/visits\/[\w-]+/.exec(text ?? '')?.[0] ?? '';
const page = async (path: string, method = 'GET') => {
  const response = await fetch(`${notifying.server.url}${path}`, { method });
  return { status: response.status, text: await response.text() };
};
const reminded = async (here: Here): Promise<{ id: string; link: string }> => {
  const id = await booked(here);
  at(DAY_BEFORE);
  return { id, link: linkIn((await textsOf(here, 1))[0]) };
};
const visitOf = async (here: Here, id: string) =>
  expectStatus(await (await here.clinic.logIn(here.clinic.admin)).api.get(`/appointments/${id}`), 200).body;

describe('the link in a reminder', () => {
  test('shows buttons and changes nothing until one is pressed; each works once', async () => {
    const here = await notifying.clinic();
    const { id, link } = await reminded(here);
    for (const path of [link, `${link}/confirm`, `${link}/cancel`]) {
      const { status, text } = await page(path);
      expect([status, text]).toEqual([200, expect.stringContaining('<button>')]);
    }
    expect(await visitOf(here, id)).toMatchObject({ status: 'confirmed', attendanceConfirmedAt: null });
    expect((await page(`${link}/confirm`, 'POST')).text).toContain('We look forward');
    expect(await visitOf(here, id)).toMatchObject({ attendanceConfirmedAt: DAY_BEFORE, version: 2 });
    expect((await page(`${link}/confirm`, 'POST')).text).toContain('already answered');
    expect((await visitOf(here, id)).version).toBe(2);
    expect((await page(`${link}/cancel`, 'POST')).text).toContain('is cancelled');
    expect(await visitOf(here, id)).toMatchObject({
      status: 'cancelled',
      cancellation: { cancelledBy: here.patient.userId },
    });
    expect((await page(link)).text).not.toContain('<button>');
  });

  test('cancels no later than the clinic allows, and stays good for when it does', async () => {
    const here = await notifying.clinic();
    const { id, link } = await reminded(here);
    await (
      await here.clinic.logIn(here.clinic.admin)
    ).api.patch('/tenants/current/settings', {
      cancellationNoticeMinutes: 2880,
    });
    expect((await page(`${link}/cancel`, 'POST')).text).toContain('too late');
    expect((await visitOf(here, id)).status).toBe('confirmed');
  });

  test('is of no use after a move, and a forged one is 404', async () => {
    const here = await notifying.clinic();
    const { id, link } = await reminded(here);
    const admin = await here.clinic.logIn(here.clinic.admin);
    const later = { startsAt: '2027-03-23T08:00:00.000Z' };
    expectStatus(await admin.api.put(`/appointments/${id}`, later), 200);
    expect((await page(`${link}/cancel`, 'POST')).text).toContain('nothing to answer');
    expect((await visitOf(here, id)).status).toBe('confirmed');
    const forged = link.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
    expect((await page(`${forged}/cancel`, 'POST')).status).toBe(404);
    expect((await page('/visits/nothing')).status).toBe(404);
  });

  test('cancels once, however often it is pressed at once', async () => {
    const here = await notifying.clinic();
    const { id, link } = await reminded(here);
    await Promise.all(Array.from({ length: 5 }, () => page(`${link}/cancel`, 'POST')));
    expect(await visitOf(here, id)).toMatchObject({ status: 'cancelled', version: 2 });
  });
});

const INBOUND = '/notifications/inbound/sms';
const reply = async (fields: Record<string, string>, authToken = SMS.authToken): Promise<Answer> => {
  const signed = Object.keys(fields)
    .sort()
    .map((name) => `${name}${fields[name] ?? ''}`)
    .join('');
  const url = `${notifying.server.config.publicUrl}/api/v1${INBOUND}`;
  const signature = createHmac('sha1', authToken).update(`${url}${signed}`).digest('base64');
  const response = await fetch(`${notifying.server.url}/api/v1${INBOUND}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': signature },
    body: new URLSearchParams(fields).toString(),
  });
  return { status: response.status, body: await response.text(), headers: response.headers };
};

describe('POST /notifications/inbound/sms', () => {
  test('YES confirms and NO cancels the visit that the number was reminded of; the same message acts once', async () => {
    const here = await notifying.clinic();
    const { id } = await reminded(here);
    const yes = { MessageSid: `SM1${id}`, From: here.phone, Body: ' Yes, thanks! ' };
    const first = await reply(yes);
    expect([first.status, first.body]).toEqual([200, expect.stringContaining('<Message>')]);
    expect((await visitOf(here, id)).attendanceConfirmedAt).toBe(DAY_BEFORE);
    await reply(yes);
    expect((await visitOf(here, id)).version).toBe(2);
    expect((await reply({ MessageSid: `SM2${id}`, From: here.phone, Body: 'NEIN' })).body).toContain(
      'cancelled',
    );
    expect((await visitOf(here, id)).status).toBe('cancelled');
  });

  test('says nothing to an unknown number, and to what is neither yes nor no', async () => {
    const here = await notifying.clinic();
    const { id } = await reminded(here);
    const silent = expect.not.stringContaining('<Message>');
    expect((await reply({ MessageSid: 'SM3', From: '+4915100000000', Body: 'NO' })).body).toEqual(silent);
    expect((await reply({ MessageSid: 'SM4', From: here.phone, Body: 'Nobody?' })).body).toEqual(silent);
    expect((await visitOf(here, id)).version).toBe(1);
  });

  test('403: who does not know the token of the account', async () => {
    const answer = await reply({ MessageSid: 'SM5', From: '+4915100000000', Body: 'NO' }, 'another token');
    expect(answer.status).toBe(403);
  });
});
