import { invalid } from '../../../shared/utils/errors.ts';

/** What can be known of somebody who chooses a password. */
export type Owner = { readonly email: string; readonly firstName: string; readonly lastName: string };
export type ClinicName = { readonly name: string; readonly subdomain: string };

const lettersAndDigits = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

const namesOf = ({ email, firstName, lastName }: Owner, clinic: ClinicName | undefined): Set<string> => {
  const [mailbox = ''] = email.split('@');
  const own = [email, mailbox, firstName, lastName, firstName + lastName, lastName + firstName];
  const all = [...own, clinic?.name ?? '', clinic?.subdomain ?? ''].map(lettersAndDigits);
  return new Set(all.filter((name) => name !== ''));
};

/** Refuses a password that is only the owner's or the clinic's name (NIST SP 800-63B, 5.1.1.2), with digits or signs or without: 422. */
export const demandUnlikeOwner = (
  password: string,
  owner: Owner,
  clinic: ClinicName | undefined,
  pointer: '/password' | '/newPassword' | '/owner/password',
): void => {
  const names = namesOf(owner, clinic);
  const said = lettersAndDigits(password);
  if (names.has(said) || names.has(said.replace(/\p{N}+$/u, '')))
    throw invalid(pointer, 'is the name or the address of its owner or of the clinic');
};
