import { z } from 'zod';
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

export const ListPatients = PageQuery.extend({
  q: z
    .string()
    .trim()
    .max(100)
    .optional()
    .meta({ description: 'The beginning of a name, record number, email address or phone number' }),
});
export type ListPatients = z.output<typeof ListPatients>;
