import type { Tx } from '../database/db.ts';
import { createAnalytics } from '../domains/analytics/index.ts';
import { appointmentsPort, createAppointments } from '../domains/appointments/index.ts';
import { createAudit } from '../domains/audit/index.ts';
import {
  createAuth,
  findActiveRole,
  findNames,
  findUser,
  listAdminIds,
  sealedOfAccounts,
} from '../domains/auth/index.ts';
import { createDoctors, doctorsPort } from '../domains/doctors/index.ts';
import { createMedicalNotes, notesOfPatients } from '../domains/medical-notes/index.ts';
import { createNotifications } from '../domains/notifications/index.ts';
import { createPatients, sealedOfPatients } from '../domains/patients/index.ts';
import { createTenants } from '../domains/tenants/index.ts';
import { createWebhooks, sealedOfWebhooks } from '../domains/webhooks/index.ts';
import type { StoredEvent } from '../events/stored-event.ts';
import type { Infrastructure } from '../infrastructure.ts';
import { eventCatalogue } from './catalogues.ts';

/** The one place that knows every domain: makes each with what it asks of the others. */
export const createDomains = (infrastructure: Infrastructure) => {
  const tenants = createTenants(infrastructure);
  const patients = createPatients(infrastructure);
  const auth = createAuth({
    ...infrastructure,
    tenants: tenants.port,
    patients: patients.port,
    doctorOfUser: doctorsPort.doctorOfUser,
  });
  const doctors = createDoctors({
    ...infrastructure,
    upcomingVisits: appointmentsPort.upcomingVisits,
    demandPlace: tenants.port.demandPlace,
    timezoneOf: async (tenantId) => (await tenants.port.findById(tenantId))?.timezone ?? 'UTC',
  });
  const appointments = createAppointments({
    ...infrastructure,
    tenants: tenants.port,
    doctors: doctorsPort,
    absences: doctors.absences,
    patients: patients.port,
    standingOf: async (db, userId) => {
      const held = await findActiveRole(db, userId);
      return held && { role: held.role, permissions: await auth.port.permissionsOf(db.tenantId, held) };
    },
  });
  const notifications = createNotifications({
    ...infrastructure,
    tenants: tenants.port,
    patients: patients.port,
    doctors: doctorsPort,
    users: { find: findUser, listAdminIds, letterOf: auth.port.accountLetter },
    visits: appointments.visits,
  });
  const medicalNotes = createMedicalNotes({
    ...infrastructure,
    treats: appointmentsPort.treats,
    findVisit: appointmentsPort.visit,
    localStartOf: appointmentsPort.localStartOf,
    lastVisitEndOf: appointmentsPort.lastEndOf,
    retentionYearsOf: async (tenantId) => (await tenants.port.settings(tenantId)).medicalRecordRetentionYears,
    tenants: tenants.port,
    patients: patients.port,
    doctors: doctorsPort,
  });
  const webhooks = createWebhooks({ ...infrastructure, eventCatalogue });
  const audit = createAudit({ ...infrastructure, namesOfUsers: findNames });
  const analytics = createAnalytics({
    ...infrastructure,
    announceHours: doctors.announceHours,
    timezoneOf: async (tenantId) => (await tenants.port.findById(tenantId))?.timezone,
  });
  return {
    /** Everything that is sealed, for a rotation of keys. */
    sealed: [
      ...sealedOfAccounts(infrastructure),
      ...sealedOfPatients(infrastructure),
      ...sealedOfWebhooks(infrastructure),
      ...medicalNotes.sealed,
    ],
    medicalNotes: { removeFiles: medicalNotes.removeFiles, endRetention: medicalNotes.endRetention },
    tenants: tenants.port,
    tenantDeletion: tenants.deletion,
    sweepMaintenance: tenants.sweepMaintenance,
    auth: auth.port,
    waitlist: {
      sweep: appointments.waitlist.sweep,
      // In one consumer, since each one writes a row for every event.
      react: async (tx: Tx, event: StoredEvent) => {
        await doctors.react(tx, event);
        await appointments.waitlist.react(tx, event);
      },
    },
    sweepPatients: patients.sweep,
    sealAudit: audit.sweep,
    notifications,
    webhooks: webhooks.webhooks,
    analytics: analytics.analytics,
    absences: appointments.absences,
    presence: doctors.presence,
    routes: [
      ...tenants.routes(auth.accounts),
      ...auth.routes,
      ...doctors.routes,
      ...patients.routes({
        visits: appointments.ofPatients,
        accounts: auth.ofPatients,
        namesOfUsers: findNames,
        timelineSources: [notesOfPatients.timelineOf],
        movers: [notesOfPatients.move],
        exportSources: [auth.exportOf, appointments.exportOf, notifications.exportOf, medicalNotes.exportOf],
        notes: { count: notesOfPatients.count, ids: notesOfPatients.ids, forget: medicalNotes.forget },
        retentionOf: async (tenantId) => {
          const settings = await tenants.port.settings(tenantId);
          return {
            appointments: settings.appointmentRetentionYears,
            medicalRecords: settings.medicalRecordRetentionYears,
          };
        },
      }),
      ...appointments.routes,
      ...notifications.routes,
      ...medicalNotes.routes,
      ...webhooks.routes,
      ...audit.routes,
      ...analytics.routes,
    ],
  };
};
export type Domains = ReturnType<typeof createDomains>;
