import { listEvents, listTenantsWithEvents } from '../database/event-log.ts';
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
import { createNotifications, messageExport } from '../domains/notifications/index.ts';
import { createPatients, sealedOfPatients } from '../domains/patients/index.ts';
import { createTenants } from '../domains/tenants/index.ts';
import { createWebhooks, sealedOfWebhooks } from '../domains/webhooks/index.ts';
import { inTurn } from '../events/reaction.ts';
import type { Infrastructure } from '../infrastructure.ts';
import type { Service } from '../shared/config/services.ts';
import type { AnsweredPort } from '../shared/ports/port.ts';
import type { RouteGroup } from '../shared/utils/route.ts';
import { answerCore } from './answer-core.ts';
import { answerAnalytics, answerNotes, answerNotifications } from './answer-parted.ts';
import { eventCatalogue } from './catalogues.ts';
import type { Core } from './core.ts';
import { createElsewhere } from './elsewhere.ts';
import type { Notes } from './parted.ts';

/** The one place that knows every domain: makes each with what it asks of the others. */
export const createDomains = (infrastructure: Infrastructure) => {
  const { config, database } = infrastructure;
  const elsewhere = createElsewhere(infrastructure);
  const runs = (service: Service): boolean => config.services.run.has(service);
  const tenants = createTenants({
    ...infrastructure,
    forgetElsewhere: async (tenantId) => {
      await elsewhere.forgetTenant(tenantId);
      if (runs('medical-notes')) await medicalNotes.folderRemovals.plan(tenantId);
    },
  });
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
  const core: Core = elsewhere.core ?? {
    tenants: tenants.port,
    auth: auth.port,
    patients: patients.port,
    doctors: doctorsPort,
    users: { find: findUser, listAdminIds, letterOf: auth.port.accountLetter },
    visits: appointments.visits,
    treats: appointmentsPort.treats,
    findVisit: appointmentsPort.visit,
    localStartOf: appointmentsPort.localStartOf,
    lastVisitEndOf: appointmentsPort.lastEndOf,
    announceHours: doctors.announceHours,
    eventsOf: (tenantId, page) => listEvents(database.read(tenantId), page),
    tenantsWithEvents: () => listTenantsWithEvents(database.system),
  };
  const parts = { ...infrastructure, ...core };
  const notifications = createNotifications(parts);
  const medicalNotes = createMedicalNotes({
    ...parts,
    retentionYearsOf: async (tenantId) => (await core.tenants.settings(tenantId)).medicalRecordRetentionYears,
  });
  const webhooks = createWebhooks({ ...infrastructure, eventCatalogue });
  const audit = createAudit({ ...infrastructure, namesOfUsers: findNames });
  const analytics = createAnalytics({
    ...parts,
    timezoneOf: async (tenantId) => (await core.tenants.findById(tenantId))?.timezone,
  });
  const notes: Notes = elsewhere.notes ?? {
    ...notesOfPatients,
    movers: [notesOfPatients.move],
    forget: medicalNotes.forget,
    exportOf: medicalNotes.exportOf,
  };
  const messages = elsewhere.messages ?? notifications.messages;
  const routes = [
    ...inService('core', [
      ...tenants.routes(auth.accounts),
      ...auth.routes,
      ...doctors.routes,
      ...patients.routes({
        visits: appointments.ofPatients,
        accounts: auth.ofPatients,
        namesOfUsers: findNames,
        timelineSources: [notes.timelineOf],
        movers: notes.movers,
        exportSources: [auth.exportOf, appointments.exportOf, messageExport(messages), notes.exportOf],
        notes,
        retentionOf: async (tenantId) => {
          const settings = await tenants.port.settings(tenantId);
          return {
            appointments: settings.appointmentRetentionYears,
            medicalRecords: settings.medicalRecordRetentionYears,
          };
        },
      }),
      ...appointments.routes,
    ]),
    ...inService('notifications', notifications.routes),
    ...inService('medical-notes', medicalNotes.routes),
    ...inService('core', [...webhooks.routes, ...audit.routes]),
    ...inService('analytics', analytics.routes),
  ];
  return {
    /** Whether this process runs the service; what else is here, nobody may call. */
    runs,
    /** Everything that is sealed, for a rotation of keys. */
    sealed: [
      ...sealedOfAccounts(infrastructure),
      ...sealedOfPatients(infrastructure),
      ...sealedOfWebhooks(infrastructure),
      ...medicalNotes.sealed,
    ],
    medicalNotes: {
      folderRemovals: medicalNotes.folderRemovals,
      removeFiles: medicalNotes.removeFiles,
      endRetention: medicalNotes.endRetention,
      reaction: medicalNotes.reaction,
    },
    /** Wherever the core is. */
    core,
    tenants: core.tenants,
    tenantDeletion: tenants.deletion,
    sweepMaintenance: tenants.sweepMaintenance,
    auth: auth.port,
    waitlist: {
      sweep: appointments.waitlist.sweep,
      reaction: inTurn(doctors.reaction, appointments.waitlist.reaction),
    },
    sweepPatients: patients.sweep,
    sealAudit: audit.sweep,
    notifications,
    webhooks: webhooks.webhooks,
    analytics: analytics.analytics,
    absences: appointments.absences,
    presence: doctors.presence,
    /** Every route of the product, wherever it is served. */
    routes: routes.map(({ group }) => group),
    routesByService: routes,
    /** What other processes may ask this one. */
    ports: [
      answerCore(infrastructure, core),
      answerNotes(infrastructure, notes, medicalNotes),
      answerNotifications(infrastructure, messages),
      answerAnalytics(infrastructure),
    ].filter(({ port }) => runs(port.service)) as readonly AnsweredPort[],
  };
};
export type Domains = ReturnType<typeof createDomains>;

const inService = (service: Service, groups: readonly RouteGroup[]) =>
  groups.map((group) => ({ service, group }));
