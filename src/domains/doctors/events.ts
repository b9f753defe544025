import { z } from 'zod';
import { Id } from '../../shared/types/id.ts';
import type { EventCatalogue } from '../../shared/utils/event-catalogue.ts';
import { DoctorStatus } from './models/doctor.ts';

export const doctorEvents = {
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
