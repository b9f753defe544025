import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { testConfig } from '../../src/database/tests/test-database.ts';
import { until } from '../../src/shared/tests/until.ts';
import type { Bookable } from '../support/bookable.ts';
import { expectStatus } from '../support/clinic.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { deliveriesOf, type Notifying, startNotifying } from '../support/notifying.ts';

let mail: MailServer;
let notifying: Notifying;
beforeAll(async () => {
  mail = await startMailServer();
  notifying = await startNotifying({}, { mail: { ...testConfig().mail, smtpUrl: mail.url } });
});
afterEach(() => {
  mail.refuse(undefined);
  notifying.server.clock.set('2027-03-15T08:00:00.000Z');
});
afterAll(async () => {
  await notifying.stop();
  await mail.stop();
});

const mailsOf = ({ patient }: Bookable, count: number) =>
  until(() => {
    const mails = mail.mailsTo(patient.email);
    return mails.length >= count ? mails : undefined;
  });
const calendarOf = (parsed: Awaited<ReturnType<typeof mailsOf>>[number] | undefined): string =>
  (parsed?.attachments ?? [])
    .filter(({ contentType }) => contentType === 'text/calendar' || contentType === 'application/ics')
    .map(({ content }) => content.toString())
    .join('')
    .replaceAll('\r\n ', '');
/** The row says so once the provider has answered. */
const settled = async (here: Bookable, status: string, query = '') =>
  until(async () =>
    (await deliveriesOf(here.clinic.admin, `&channel=email${query}`)).find((each) => each.status === status),
  );

describe('a mail about a visit', () => {
  test('has text, HTML and an invitation that calendars take in, follow and take out again', async () => {
    const here = await notifying.clinic();
    const { id } = expectStatus(await here.book(), 201).body;
    const [booked] = await mailsOf(here, 1);
    expect(booked?.subject).toMatch(/Monday,? 22 March 2027.*09:00 CET \(Europe\/Berlin\)/);
    expect(booked?.text).toContain('With: Ada Berger');
    expect(booked?.html).toContain('With: Ada Berger');
    expect(calendarOf(booked)).toMatch(/METHOD:REQUEST[\s\S]*SEQUENCE:0[\s\S]*DTSTART:20270322T080000Z/);
    expect(calendarOf(booked)).toContain(
      `ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:${here.patient.email}`,
    );

    const later = { startsAt: '2027-03-22T09:00:00.000Z' };
    expectStatus(await here.patient.api.put(`/appointments/${id}`, later), 200);
    const [, moved] = await mailsOf(here, 2);
    expect(moved?.text).toMatch(/planned for .*09:00/);
    expect(calendarOf(moved)).toMatch(/METHOD:REQUEST[\s\S]*SEQUENCE:1[\s\S]*DTSTART:20270322T090000Z/);

    expectStatus(await here.patient.api.delete(`/appointments/${id}`), 200);
    const [, , cancelled] = await mailsOf(here, 3);
    expect(calendarOf(cancelled)).toMatch(/METHOD:CANCEL[\s\S]*STATUS:CANCELLED/);
    const uids = [booked, moved, cancelled].map((each) => /UID:(.*)\r\n/.exec(calendarOf(each))?.[1]);
    expect(new Set(uids).size).toBe(1);
  });

  test('names the service only inside, and what was said about the patient nowhere', async () => {
    const here = await notifying.clinic();
    const serviceId = await here.clinic.service({ name: 'Chemotherapy' });
    const doctorId = await here.clinic.doctor([serviceId]);
    const visit = { serviceId, doctorId, startsAt: here.visit.startsAt };
    const told = { reason: 'a lump', notes: 'is afraid' };
    expectStatus(await here.patient.api.post('/appointments', { ...visit, ...told }), 201);
    const [booked] = await mailsOf(here, 1);
    expect(booked?.subject).not.toContain('Chemotherapy');
    expect(booked?.text).toContain('Chemotherapy');
    expect(JSON.stringify([booked?.text, booked?.html, calendarOf(booked)])).not.toMatch(/lump|afraid/);
  });

  test('speaks the patient’s language, and holds names as text', async () => {
    const here = await notifying.clinic();
    const changes = { preferredLanguage: 'de-AT', firstName: '<b>Kim</b>' };
    const { patientId } = here.patient;
    expectStatus(await here.clinic.admin.api.patch(`/patients/${patientId}`, changes), 200);
    await here.book();
    const [booked] = await mailsOf(here, 1);
    expect(booked?.subject).toMatch(/Ihr Termin am Montag, 22\. März 2027/);
    expect(booked?.html).toContain('Guten Tag &lt;b&gt;Kim&lt;/b&gt;');
  });
});

describe('a mail server that refuses', () => {
  test('for good makes a dead letter with its reason, which an administrator sends again', async () => {
    const here = await notifying.clinic();
    mail.refuse(550);
    await here.book();
    const failed = await settled(here, 'failed', '&status=failed&kind=appointment_booked');
    expect(failed).toMatchObject({ attempts: 1, problem: 'refused', dueAt: null });
    expect(failed.detail).toContain('550');
    mail.refuse(undefined);
    const { api } = here.clinic.admin;
    expectStatus(await api.post(`/notifications/deliveries/${failed.id}/retry`), 200);
    await mailsOf(here, 1);
    await settled(here, 'sent');
    const again = await api.post(`/notifications/deliveries/${failed.id}/retry`);
    expect([again.status, again.body.code]).toEqual([409, 'delivery_not_failed']);
    expect(mail.mailsTo(here.patient.email)).toHaveLength(1);
  });

  test('for now is asked again later, and gets the mail once', async () => {
    const here = await notifying.clinic();
    mail.refuse(451);
    await here.book();
    const waiting = await until(async () =>
      (await deliveriesOf(here.clinic.admin)).find(({ problem }) => problem === 'provider_busy'),
    );
    expect(waiting).toMatchObject({ status: 'pending', attempts: 1 });
    mail.refuse(undefined);
    notifying.server.clock.set('2027-03-15T08:00:16.000Z');
    expect(await settled(here, 'sent')).toMatchObject({ attempts: 2 });
    expect(mail.mailsTo(here.patient.email)).toHaveLength(1);
  });
});

test('a mail server that is away for more than an hour loses nothing and gets nothing twice', async () => {
  const here = await notifying.clinic();
  const { admin } = here.clinic;
  mail.refuse(421);
  await here.book();
  let now = Date.parse('2027-03-15T08:00:00.000Z');
  const pass = async (ms: number) => {
    now += ms;
    notifying.server.clock.set(new Date(now).toISOString());
    Object.assign(admin, await here.clinic.logIn(admin));
  };
  const isAfter = async (attempts: number, status: string) => {
    const [delivery] = await deliveriesOf(admin, '&kind=appointment_booked');
    return delivery?.attempts === attempts && delivery.status === status;
  };
  /** Where others' mails are tried first, ours waits until a try is allowed again. */
  const comesTo = async (attempts: number, status: string) => {
    const isSoon = () =>
      until(() => isAfter(attempts, status), 3_000).then(
        () => true,
        () => false,
      );
    while (!(await isSoon())) await pass(31_000);
  };
  for (let tried = 1; tried <= 6; tried++) {
    await comesTo(tried, 'pending');
    if (tried === 6) mail.refuse(undefined);
    await pass(900_000);
  }
  await comesTo(7, 'sent');
  expect(mail.mailsTo(here.patient.email)).toHaveLength(1);
});

test('a mail that tries a template out goes to whoever asks', async () => {
  const here = await notifying.clinic();
  const { api, email } = here.clinic.admin;
  expectStatus(await api.post('/notifications/templates/appointment_reminder.email.de/test'), 202);
  const [tried] = await until(() => {
    const mails = mail.mailsTo(email);
    return mails.length > 0 ? mails : undefined;
  });
  expect(tried?.subject).toContain('Erinnerung');
  expect(tried?.text).toContain('Sunrise Clinic');
  const push = await api.post('/notifications/templates/appointment_reminder.push.de/test');
  expect([push.status, push.body.code]).toEqual([409, 'channel_not_available']);
});
