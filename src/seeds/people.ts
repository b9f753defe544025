import type { LoadedPatient } from '../domains/patients/index.ts';
import { DAY_MS } from '../shared/time/units.ts';
import type { Chance } from './chance.ts';

const FEMALE = [
  'Anna',
  'Leyla',
  'Marta',
  'Ines',
  'Greta',
  'Sofia',
  'Nadia',
  'Emma',
  'Yuki',
  'Clara',
  'Amira',
  'Lotte',
  'Olga',
  'Zoë',
] as const;
const MALE = [
  'Jonas',
  'Emre',
  'Paul',
  'Luca',
  'Omar',
  'Henrik',
  'Piotr',
  'David',
  'Kenji',
  'Felix',
  'Tarek',
  'Oskar',
  'Ivan',
  'René',
] as const;
const LAST = [
  'Albrecht',
  'Yılmaz',
  'Novak',
  'Rossi',
  'Schäfer',
  'Haddad',
  'Kowalski',
  'Petersen',
  'Tanaka',
  'Vogel',
  'O’Brien',
  'Lindgren',
  'Moreau',
  'Becker',
  'Sørensen',
  'Ivanova',
  'Nguyen',
  'Krüger',
  'Costa',
  'Müller-Lang',
  'Öztürk',
  'Dubois',
  'Jansen',
  'Weiß',
] as const;
const STREETS = [
  'Lindenstraße',
  'Parkallee',
  'Am Markt',
  'Bahnhofstraße',
  'Gartenweg',
  'Schillerplatz',
] as const;
const LANGUAGES = ['de', 'de', 'de', 'en', 'tr', 'ar', 'pl'] as const;

/** Somebody who is not, and cannot be reached: no address of a mailbox, and a number from those that nobody has. */
export const aPerson = (chance: Chance, now: Date): LoadedPatient => {
  const isFemale = chance.next() < 0.53;
  const bornAt = now.getTime() - chance.between(1, 92 * 365) * DAY_MS;
  return {
    firstName: chance.pick(isFemale ? FEMALE : MALE),
    lastName: chance.pick(LAST),
    sex: isFemale ? 'female' : 'male',
    dateOfBirth: new Date(bornAt).toISOString().slice(0, 10),
    phone: `+49 30 23125 ${String(chance.between(0, 999)).padStart(3, '0')}`,
    address: `${chance.pick(STREETS)} ${chance.between(1, 140)}, 10${chance.between(115, 999)} Berlin`,
    preferredLanguage: chance.pick(LANGUAGES),
    createdAt: new Date(now.getTime() - chance.between(1, 900) * DAY_MS),
  };
};
