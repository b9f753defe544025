import { z } from 'zod';
import { Language, text, TimeZone } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { PageQuery } from '../../../shared/types/page.ts';
import { Doctor, DoctorStatus } from '../models/doctor.ts';
import { Flag, madeByServer } from './catalogue.ts';

/** The status has a route of its own: it changes all day, and is no part of the profile's version. */
const DoctorFields = z.strictObject(Doctor.omit({ ...madeByServer, status: true }).shape);
const { shape } = DoctorFields;

export const CreateDoctor = DoctorFields.extend({
  userId: shape.userId.default(null),
  title: shape.title.default(null),
  specializations: shape.specializations.default([]),
  bio: shape.bio.default(null),
  languages: shape.languages.default([]),
  licenseNumber: shape.licenseNumber.default(null),
  /** Default: the clinic's. */
  timezone: TimeZone.optional(),
  serviceIds: shape.serviceIds.default([]),
  active: z.boolean().default(true),
});
export type CreateDoctor = z.output<typeof CreateDoctor>;

export const UpdateDoctor = DoctorFields.partial();
export type UpdateDoctor = z.output<typeof UpdateDoctor>;

export const ListDoctors = PageQuery.extend({
  q: z.string().trim().max(100).optional(),
  specialization: text(100).optional(),
  serviceId: Id.optional(),
  locationId: Id.optional(),
  language: Language.optional(),
  active: Flag.optional(),
});
export type ListDoctors = z.output<typeof ListDoctors>;

export const SetDoctorStatus = z.strictObject({ status: DoctorStatus });
export type SetDoctorStatus = z.output<typeof SetDoctorStatus>;
