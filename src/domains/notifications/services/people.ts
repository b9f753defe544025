import type { Db } from '../../../database/db.ts';
import type { PatientsPort } from '../../patients/index.ts';
import type { Tenant } from '../../tenants/index.ts';
import type { Recipient } from '../models/delivery.ts';
import { noPreferences, type OwnPreferences } from '../models/preferences.ts';
import { languagesFor } from '../models/template.ts';
import type { UsersPort } from '../ports.ts';
import { findPreferences } from '../repositories/preference.repository.ts';

/** Somebody who can be told something. */
export type Person = {
  readonly recipient: Recipient;
  /** The account in which they read it and choose; patients need not have one. */
  readonly userId: string | null;
  readonly firstName: string;
  readonly email: string | null;
  readonly phone: string | null;
  /** Best first. */
  readonly languages: readonly string[];
  readonly preferences: OwnPreferences;
  /** Of their quiet hours. */
  readonly timezone: string;
  /** What a letter about the account brings. */
  readonly letter?: { readonly url: string; readonly expiresAt: Date };
};
type Contact = Pick<Person, 'userId' | 'firstName' | 'email' | 'phone' | 'letter'> & {
  readonly language: string | null;
};

export type PeopleDeps = { patients: Pick<PatientsPort, 'find'>; users: UsersPort };
export type People = ReturnType<typeof createPeople>;

/** Looks up how people can be reached, as it is now: an address that was corrected counts at once. */
export const createPeople = ({ patients, users }: PeopleDeps) => {
  const addresseeOf = async (db: Db, linkId: string): Promise<Contact | undefined> => {
    const letter = await users.letterOf(db, linkId);
    if (!letter) return undefined;
    const { email, url, expiresAt } = letter;
    const firstName = letter.firstName ?? '';
    return { userId: null, firstName, email, phone: null, language: null, letter: { url, expiresAt } };
  };

  const contactOf = async (db: Db, { type, id }: Recipient): Promise<Contact | undefined> => {
    if (type === 'account_link') return addresseeOf(db, id);
    const patient = type === 'patient' ? await patients.find(db, id) : undefined;
    const userId = type === 'user' ? id : (patient?.userId ?? null);
    const user = userId === null ? undefined : await users.find(db, userId);
    const account = user?.active ? user : undefined;
    if (!patient && !account) return undefined;
    return {
      userId: account?.id ?? null,
      firstName: patient?.firstName ?? account?.firstName ?? '',
      email: patient?.email ?? account?.email ?? null,
      phone: patient?.phone ?? null,
      language: patient?.preferredLanguage ?? null,
    };
  };

  return {
    /** Nothing for who is gone, or may not log in any more. */
    find: async (db: Db, tenant: Tenant, recipient: Recipient): Promise<Person | undefined> => {
      const contact = await contactOf(db, recipient);
      if (!contact) return undefined;
      const { language, ...reachable } = contact;
      const stored = contact.userId === null ? undefined : await findPreferences(db, contact.userId);
      const preferences = stored?.settings ?? noPreferences;
      return {
        ...reachable,
        recipient,
        preferences,
        languages: languagesFor(preferences.language, language, tenant.locale),
        timezone: preferences.timezone ?? tenant.timezone,
      };
    },
  };
};
