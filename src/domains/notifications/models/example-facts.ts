import type { Facts } from './message.ts';
import { alertText } from './texts/index.ts';
import { whenOf } from './visit-words.ts';

const TIMEZONE = 'Europe/Berlin';
const PAGE = 'https://clinic.example.org/visits/example';

/** The facts of a visit that never was, by which templates are tried out. */
export const exampleFacts = (language: string): Facts => {
  const when = (instant: string) => whenOf(new Date(instant), TIMEZONE, language);
  return {
    clinic: 'Sunrise Clinic',
    when: when('2027-03-22T08:00:00Z'),
    timezone: TIMEZONE,
    previousWhen: when('2027-03-19T13:30:00Z'),
    doctor: 'Dr. Ada Berger',
    place: 'Main Street Practice, Main Street 1, Berlin',
    service: 'Check-up',
    firstName: 'Kim',
    answerUrl: PAGE,
    confirmUrl: `${PAGE}/confirm`,
    cancelUrl: `${PAGE}/cancel`,
    answerBy: when('2027-03-22T07:30:00Z'),
    link: 'https://clinic.example.org/account/verify-email#token=example',
    expires: when('2027-03-23T08:00:00Z'),
    alert: alertText('webhook_disabled', language),
  };
};
