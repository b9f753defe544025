import { fold } from './name-spelling.ts';

/** The fields that a column can mean. An emergency contact is made of its parts. */
export const importFields = [
  'firstName',
  'lastName',
  'dateOfBirth',
  'sex',
  'email',
  'phone',
  'address',
  'preferredLanguage',
  'emergencyContactName',
  'emergencyContactPhone',
  'emergencyContactRelationship',
] as const;
export type ImportField = (typeof importFields)[number];

/** Without these nobody can be entered. */
export const neededFields = ['firstName', 'lastName', 'dateOfBirth'] as const satisfies ImportField[];

/** Headings of common exports, in English, German and French, as {@link headingKey} writes them. */
const synonyms: Readonly<Record<string, ImportField>> = {
  givenname: 'firstName',
  forename: 'firstName',
  vorname: 'firstName',
  prenom: 'firstName',
  surname: 'lastName',
  familyname: 'lastName',
  nachname: 'lastName',
  name: 'lastName',
  nom: 'lastName',
  birthdate: 'dateOfBirth',
  birthday: 'dateOfBirth',
  dob: 'dateOfBirth',
  geburtsdatum: 'dateOfBirth',
  geburtstag: 'dateOfBirth',
  datedenaissance: 'dateOfBirth',
  gender: 'sex',
  geschlecht: 'sex',
  sexe: 'sex',
  mail: 'email',
  emailaddress: 'email',
  courriel: 'email',
  phonenumber: 'phone',
  telephone: 'phone',
  mobile: 'phone',
  telefon: 'phone',
  handy: 'phone',
  anschrift: 'address',
  adresse: 'address',
  language: 'preferredLanguage',
  sprache: 'preferredLanguage',
  langue: 'preferredLanguage',
  notfallkontakt: 'emergencyContactName',
  emergencycontact: 'emergencyContactName',
};

const headingKey = (heading: string): string => fold(heading).replaceAll(/[^\p{L}\p{N}]/gu, '');
const own = new Map(importFields.map((field) => [headingKey(field), field]));

/** What a heading means; `mapping` has the say where it names the heading. */
export const fieldOf = (
  heading: string,
  mapping: Readonly<Record<string, ImportField>>,
): ImportField | undefined => {
  const key = headingKey(heading);
  const mapped = Object.entries(mapping).find(([name]) => headingKey(name) === key)?.[1];
  return mapped ?? own.get(key) ?? synonyms[key];
};
