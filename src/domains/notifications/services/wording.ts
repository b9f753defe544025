import type { Db } from '../../../database/db.ts';
import type { DoctorsPort } from '../../doctors/index.ts';
import type { Tenant } from '../../tenants/index.ts';
import type { Facts as EventFacts } from '../models/delivery.ts';
import type { Channel, Kind } from '../models/kind.ts';
import { exampleFacts } from '../models/example-facts.ts';
import { type Facts, type Message, writeMessage } from '../models/message.ts';
import { builtInText, keyOf, languagesFor } from '../models/template.ts';
import type { TemplateText } from '../models/template-text.ts';
import { alertText } from '../models/texts/index.ts';
import { alerts } from '../models/texts/text.ts';
import type { ReminderLinks } from '../models/reminder-link.ts';
import { whenOf } from '../models/visit-words.ts';
import type { Visit, VisitsPort, VisitZones } from '../ports.ts';
import { findTemplates } from '../repositories/template.repository.ts';
import type { Person } from './people.ts';

export type WordingDeps = {
  config: { readonly publicUrl: string };
  doctors: Pick<DoctorsPort, 'visitNames'> & VisitZones;
  visits: Pick<VisitsPort, 'find'>;
  links: ReminderLinks;
};
export type Wording = ReturnType<typeof createWording>;

type Told = Pick<Visit, 'doctorId' | 'serviceId' | 'locationId' | 'startsAt' | 'timezone'>;

export const noFacts: Facts = {
  clinic: '',
  when: '',
  timezone: '',
  previousWhen: '',
  doctor: '',
  place: '',
  service: '',
  firstName: '',
  answerUrl: '',
  confirmUrl: '',
  cancelUrl: '',
  answerBy: '',
  alert: '',
  link: '',
  expires: '',
};

/** Chooses the words for a person and fills in the facts. */
export const createWording = ({ config, doctors, visits, links }: WordingDeps) => {
  /** The visit that the event was about, as it is now; or the time that is on offer. */
  const toldOf = async (db: Db, tenant: Tenant, facts: EventFacts): Promise<Told | undefined> => {
    if (facts.appointmentId !== undefined) return visits.find(db, facts.appointmentId);
    const { doctorId, serviceId, startsAt } = facts;
    if (doctorId === undefined || serviceId === undefined || startsAt === undefined) return undefined;
    const bookable = await doctors.findBookable(db, { doctorId, serviceId });
    const timezone = bookable?.timezone ?? tenant.timezone;
    return { doctorId, serviceId, locationId: null, startsAt: new Date(startsAt), timezone };
  };

  const linksOf = (tenantId: string, reminderId: string | undefined) => {
    if (reminderId === undefined) return {};
    const answerUrl = `${config.publicUrl}/visits/${links.tokenOf({ tenantId, reminderId })}`;
    return { answerUrl, confirmUrl: `${answerUrl}/confirm`, cancelUrl: `${answerUrl}/cancel` };
  };

  const visitFacts = async (db: Db, told: Told | undefined, event: EventFacts, language: string) => {
    if (!told) return {};
    const names = await doctors.visitNames(db, {
      doctorIds: [told.doctorId],
      serviceIds: [told.serviceId],
      locationIds: told.locationId === null ? [] : [told.locationId],
    });
    const when = (instant: string | undefined) =>
      instant === undefined ? '' : whenOf(new Date(instant), told.timezone, language);
    return {
      when: whenOf(told.startsAt, told.timezone, language),
      timezone: told.timezone,
      previousWhen: when(event.previousStartsAt),
      answerBy: when(event.answerBy),
      doctor: names.doctors.get(told.doctorId) ?? '',
      service: names.services.get(told.serviceId) ?? '',
      place: (told.locationId === null ? undefined : names.locations.get(told.locationId)) ?? '',
    };
  };

  /** The clinic's own words in the best language for which there are any, else the product's. */
  const choose = async (
    db: Db,
    { kind, channel, languages }: { kind: Kind; channel: Channel; languages: readonly string[] },
  ): Promise<{ language: string; text: TemplateText }> => {
    const names = languages.map((language) => ({ kind, channel, language }));
    const own = new Map((await findTemplates(db, names.map(keyOf))).map((each) => [each.key, each]));
    for (const name of names) {
      const found = own.get(keyOf(name)) ?? builtInText(name);
      if (found) return { language: name.language, text: { title: found.title ?? '', body: found.body } };
    }
    throw new Error(`There are no words for ${kind} over ${channel}`);
  };

  return {
    write: async (
      db: Db,
      tenant: Tenant,
      { kind, channel, person, facts }: { kind: Kind; channel: Channel; person: Person; facts: EventFacts },
    ): Promise<Message> => {
      const languages = facts.language === undefined ? person.languages : languagesFor(facts.language);
      const { language, text } = await choose(db, { kind, channel, languages });
      const look = { clinic: tenant.name, color: tenant.branding.primaryColor, language };
      if (facts.example) return writeMessage({ kind, channel, look }, text, exampleFacts(language));
      const alert = alerts.find((each) => each === facts.alert);
      return writeMessage({ kind, channel, look }, text, {
        ...noFacts,
        clinic: tenant.name,
        firstName: person.firstName,
        ...(await visitFacts(db, await toldOf(db, tenant, facts), facts, language)),
        ...(person.letter && {
          link: person.letter.url,
          expires: whenOf(person.letter.expiresAt, tenant.timezone, language),
        }),
        ...linksOf(tenant.id, facts.reminderId),
        ...(alert && { alert: alertText(alert, language) }),
      });
    },
  };
};
