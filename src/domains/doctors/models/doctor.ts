import { z } from 'zod';
import { Language, text, TimeZone } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

export const DoctorStatus = z.enum(['available', 'busy', 'away', 'offline']);
export type DoctorStatus = z.output<typeof DoctorStatus>;

const distinct = <Item extends z.ZodType<string>>(item: Item, max: number) =>
  z
    .array(item)
    .max(max)
    .refine((items) => new Set(items).size === items.length, 'must not repeat an item');

/** Who sees patients: the profile, the languages, the services offered, and the zone of the working hours. */
export const Doctor = z
  .object({
    id: Id,
    userId: Id.nullable(),
    firstName: text(100),
    lastName: text(100),
    title: text(50).nullable(),
    specializations: distinct(text(100), 20),
    bio: text(5000).nullable(),
    languages: distinct(Language, 20),
    licenseNumber: text(50).nullable(),
    timezone: TimeZone,
    status: DoctorStatus,
    serviceIds: distinct(Id, 200),
    active: z.boolean(),
    version: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Doctor' });
export type Doctor = z.output<typeof Doctor>;

/** Everything that a search for a doctor may name, in one text. */
export const searchTextOf = ({ title, firstName, lastName, specializations, bio }: Doctor): string =>
  [title, firstName, lastName, ...specializations, bio].filter((part) => part !== null).join(' ');

export const doctorStatusChanged = (doctorId: string, status: DoctorStatus) =>
  ({ type: 'doctor.status_changed', payload: { doctorId, status } }) as const;
