import { z } from 'zod';
import { Patient } from './patient.ts';
import { oneSpelling } from './name-spelling.ts';
import { isSamePhone, nameKey } from './search-words.ts';

export const DuplicateMatch = z.enum(['name_and_birth_date', 'phone', 'email']);
export type DuplicateMatch = z.output<typeof DuplicateMatch>;

/** A record that may be of the same person, and what speaks for it. */
export const DuplicateCandidate = Patient.pick({
  id: true,
  medicalRecordNumber: true,
  firstName: true,
  lastName: true,
  dateOfBirth: true,
})
  .extend({ matches: z.array(DuplicateMatch) })
  .meta({ id: 'DuplicateCandidate' });
export type DuplicateCandidate = z.output<typeof DuplicateCandidate>;

export type Person = Pick<Patient, 'firstName' | 'lastName' | 'dateOfBirth' | 'email' | 'phone'>;

/** A family shares a phone and a mailbox: another first name with another birth date is another person. */
const areDifferentPeople = (a: Person, b: Person): boolean =>
  a.dateOfBirth !== null &&
  b.dateOfBirth !== null &&
  a.dateOfBirth !== b.dateOfBirth &&
  oneSpelling(a.firstName) !== oneSpelling(b.firstName);

/** What two records have in common that two people seldom have. */
export const matchesBetween = (a: Person, b: Person): DuplicateMatch[] => {
  const isBornAlike = a.dateOfBirth !== null && a.dateOfBirth === b.dateOfBirth;
  const matches: DuplicateMatch[] = [];
  if (isBornAlike && nameKey(a) === nameKey(b)) matches.push('name_and_birth_date');
  if (areDifferentPeople(a, b)) return matches;
  if (a.phone !== null && b.phone !== null && isSamePhone(a.phone, b.phone)) matches.push('phone');
  if (a.email !== null && a.email === b.email) matches.push('email');
  return matches;
};
