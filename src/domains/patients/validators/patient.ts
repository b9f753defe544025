import { z } from 'zod';
import { Email, Phone } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { PageQuery } from '../../../shared/types/page.ts';
import { DateOfBirth, Patient } from '../models/patient.ts';

const PatientFields = z.strictObject(
  Patient.omit({
    id: true,
    userId: true,
    medicalRecordNumber: true,
    version: true,
    createdAt: true,
    updatedAt: true,
  }).shape,
);

export const CreatePatient = PatientFields.extend({
  dateOfBirth: DateOfBirth,
  sex: PatientFields.shape.sex.default(null),
  email: PatientFields.shape.email.default(null),
  phone: PatientFields.shape.phone.default(null),
  address: PatientFields.shape.address.default(null),
  preferredLanguage: PatientFields.shape.preferredLanguage.default(null),
  emergencyContact: PatientFields.shape.emergencyContact.default(null),
});
export type CreatePatient = z.output<typeof CreatePatient>;

/** Only the given fields change. */
export const UpdatePatient = PatientFields.partial().extend({ dateOfBirth: DateOfBirth.optional() });
export type UpdatePatient = z.output<typeof UpdatePatient>;

export const PatientParams = z.object({ id: Id });

const Flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((given) => given === 'true');

export const CreateQuery = z.strictObject({
  force: Flag.meta({ description: 'true: adds the patient although somebody like that is there' }),
});
export type CreateQuery = z.output<typeof CreateQuery>;

export const ListPatients = PageQuery.extend({
  q: z.string().trim().max(100).optional().meta({
    description:
      'Beginnings of names, record number, phone number, email address or birth date, in any order, case and spelling of accents and umlauts; a patient has to have all of them',
    example: 'muller 1990-04',
  }),
  dateOfBirth: DateOfBirth.optional(),
  email: Email.optional(),
  phone: Phone.optional(),
  medicalRecordNumber: z.string().trim().max(20).toUpperCase().optional(),
});
export type ListPatients = z.output<typeof ListPatients>;
