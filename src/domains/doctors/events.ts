import { z } from 'zod';
import { Id } from '../../shared/types/id.ts';
import type { EventCatalogue } from '../../shared/utils/event-catalogue.ts';
import { DoctorStatus } from './models/doctor.ts';

/** Which one it was, and no more: what it is now is read over the API. */
const ofEntry = (noun: string, data: z.ZodObject) =>
  ({
    created: { version: 1, summary: `A ${noun} was added`, data },
    updated: { version: 1, summary: `A ${noun} changed`, data },
    deleted: { version: 1, summary: `A ${noun} was removed`, data },
  }) as const;
const doctor = ofEntry('doctor', z.object({ doctorId: Id }));
const service = ofEntry('service', z.object({ serviceId: Id }));
const location = ofEntry('location', z.object({ locationId: Id }));
const room = ofEntry('room', z.object({ roomId: Id }));
const closure = ofEntry('closure', z.object({ closureId: Id }));

export const doctorEvents = {
  'doctor.created': doctor.created,
  'doctor.updated': doctor.updated,
  'doctor.deleted': doctor.deleted,
  'service.created': service.created,
  'service.updated': service.updated,
  'service.deleted': service.deleted,
  'location.created': location.created,
  'location.updated': location.updated,
  'location.deleted': location.deleted,
  'room.created': room.created,
  'room.updated': room.updated,
  'room.deleted': room.deleted,
  'closure.created': closure.created,
  'closure.updated': closure.updated,
  'closure.deleted': closure.deleted,
  'doctor.availability_changed': {
    version: 1,
    summary: 'The working hours of a doctor changed: ask for the slots again',
    data: z.object({ doctorId: Id }),
  },
  'doctor.slot_rules_changed': {
    version: 1,
    summary: 'The clinic offers the hours of a doctor by other rules: ask for the slots again',
    data: z.object({ doctorId: Id }),
  },
  'doctor.status_changed': {
    version: 1,
    summary: 'A doctor is available, busy, away or offline',
    data: z.object({ doctorId: Id, status: DoctorStatus }),
  },
} as const satisfies EventCatalogue;
