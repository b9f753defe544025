import { appointmentChores, appointmentEvents, appointmentProblems } from '../domains/appointments/index.ts';
import { authChores, authEvents, authProblems } from '../domains/auth/index.ts';
import { doctorEvents, doctorProblems } from '../domains/doctors/index.ts';
import { medicalNoteEvents, medicalNoteProblems } from '../domains/medical-notes/index.ts';
import {
  notificationChores,
  notificationEvents,
  notificationProblems,
} from '../domains/notifications/index.ts';
import { patientEvents, patientProblems } from '../domains/patients/index.ts';
import { tenantEvents, tenantProblems } from '../domains/tenants/index.ts';
import { webhookChores, webhookEvents, webhookProblems } from '../domains/webhooks/index.ts';
import type { Chore } from '../database/housekeeping.ts';
import type { Service } from '../shared/config/services.ts';
import { commonProblems } from '../shared/utils/errors.ts';

/** Every way in which the API can fail. */
export const problems = {
  ...commonProblems,
  ...tenantProblems,
  ...authProblems,
  ...patientProblems,
  ...doctorProblems,
  ...appointmentProblems,
  ...notificationProblems,
  ...medicalNoteProblems,
  ...webhookProblems,
};

/** Every event that others may be told of. */
export const eventCatalogue = {
  ...tenantEvents,
  ...authEvents,
  ...patientEvents,
  ...doctorEvents,
  ...appointmentEvents,
  ...medicalNoteEvents,
  ...notificationEvents,
  ...webhookEvents,
};

/** What the domains of these services forget in time. */
export const choresOf = (run: ReadonlySet<Service>): Chore[] => [
  ...(run.has('core') ? [...authChores, ...appointmentChores, ...webhookChores] : []),
  ...(run.has('notifications') ? notificationChores : []),
];
