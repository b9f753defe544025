import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '../../src/shared/tests/until.ts';
import { aClinic, expectStatus } from '../support/clinic.ts';
import { inboxOf, type Notifying, startNotifying, textsTo, told } from '../support/notifying.ts';

let notifying: Notifying;
beforeAll(async () => {
  notifying = await startNotifying();
});
beforeEach(() => {
  notifying.server.clock.set('2027-03-15T08:00:00.000Z');
});
afterAll(() => notifying.stop());

const DAY_BEFORE = '2027-03-21T08:00:00.000Z';
const remindersOf = async (here: Awaited<ReturnType<Notifying['clinic']>>) =>
  (await inboxOf(await here.clinic.logIn(here.patient))).filter(
    ({ kind }) => kind === 'appointment_reminder',
  );
/** Once the server has told of the booking, it has made the reminders. */
const booked = async (here: Awaited<ReturnType<Notifying['clinic']>>, startsAt?: string) => {
  const { id } = expectStatus(await here.book(undefined, startsAt), 201).body;
  await until(async () => (await inboxOf(here.patient)).some(({ appointmentId }) => appointmentId === id));
  return id as string;
};
const at = (instant: string) => {
  notifying.server.clock.set(instant);
};

describe('a reminder', () => {
  test('is sent at each offset before the visit, once, in the zone of the visit', async () => {
    const here = await notifying.clinic();
    await booked(here);
    at('2027-03-21T07:59:59.000Z');
    expect(textsTo(notifying.phones, here.phone)).toEqual([]);
    at(DAY_BEFORE);
    const [text = ''] = await until(() => {
      const texts = textsTo(notifying.phones, here.phone);
      return texts.length > 0 ? texts : undefined;
    });
    expect(text).toMatch(/22 March 2027.*09:00 CET \(Europe\/Berlin\)/);
    at('2027-03-22T06:00:00.000Z');
    await until(async () => (await remindersOf(here)).length === 2);
    await until(() => textsTo(notifying.phones, here.phone).length === 2);
  });
});
