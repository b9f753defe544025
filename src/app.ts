import express, { type Express } from 'express';
import { accountPages } from './api/account-pages.ts';
import { devMailRouter } from './api/dev-mail.ts';
import { docsRouter } from './api/docs.ts';
import { eventPages } from './api/event-pages.ts';
import { healthRouter } from './api/health.ts';
import { metricsRouter } from './api/metrics.ts';
import { createIdentify } from './api/identify.ts';
import { inboundSmsRouter } from './api/inbound-sms.ts';
import { openApiText } from './api/openapi.ts';
import { problemPages } from './api/problem-pages.ts';
import { publicKeysRouter } from './api/public-keys.ts';
import { renderProblems } from './api/problem-response.ts';
import { apiRouter, routeNotFound } from './api/router.ts';
import { visitPages } from './api/visit-pages.ts';
import { figuresOf } from './cluster/member.ts';
import type { Tx } from './database/db.ts';
import { sql } from './database/sql.ts';
import {
  appointmentChores,
  appointmentEvents,
  appointmentProblems,
  appointmentsPort,
  createAppointments,
} from './domains/appointments/index.ts';
import { createAudit } from './domains/audit/index.ts';
import { createAnalytics } from './domains/analytics/index.ts';
import {
  createMedicalNotes,
  medicalNoteEvents,
  medicalNoteProblems,
  notesOfPatients,
} from './domains/medical-notes/index.ts';
import {
  authChores,
  authEvents,
  authProblems,
  createAuth,
  findActiveRole,
  findNames,
  findUser,
  listAdminIds,
  sealedOfAccounts,
} from './domains/auth/index.ts';
import { createDoctors, doctorEvents, doctorProblems, doctorsPort } from './domains/doctors/index.ts';
import {
  createNotifications,
  notificationChores,
  notificationEvents,
  notificationProblems,
} from './domains/notifications/index.ts';
import {
  createPatients,
  patientEvents,
  patientProblems,
  sealedOfPatients,
} from './domains/patients/index.ts';
import { createTenants, tenantEvents, tenantProblems } from './domains/tenants/index.ts';
import {
  createWebhooks,
  PublicEvent,
  sealedOfWebhooks,
  webhookChores,
  webhookEvents,
  webhookProblems,
} from './domains/webhooks/index.ts';
import type { StoredEvent } from './events/stored-event.ts';
import type { Infrastructure } from './infrastructure.ts';
import { createRateLimits } from './shared/limits/rate-limits.ts';
import { createTurns, turnsOf } from './shared/limits/turns.ts';
import { accessLog } from './shared/middleware/access-log.ts';
import { crossOrigin } from './shared/middleware/cross-origin.ts';
import { requestFigures } from './shared/middleware/request-figures.ts';
import { requestId } from './shared/middleware/request-id.ts';
import { traceRequests } from './shared/middleware/trace-requests.ts';
import { securityHeaders } from './shared/middleware/security-headers.ts';
import { commonProblems } from './shared/utils/errors.ts';
import { version } from './version.ts';

/** Every way in which the API can fail. */
const problems = {
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

/** What the domains forget in time. */
export const chores = [...authChores, ...appointmentChores, ...notificationChores, ...webhookChores];

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

/** The HTTP side: what every request passes, then the pages for people, then the API. */
export const createApp = (
  infrastructure: Infrastructure,
  domains: Domains,
  isShuttingDown: () => boolean,
): Express => {
  const { config, logControl, database, redis, clock, mailFolder, metrics, tracing } = infrastructure;
  const app = express();
  app
    .disable('x-powered-by')
    .disable('etag')
    .set('query parser', 'simple')
    .set('trust proxy', config.trustProxy);

  if (tracing.isOn) app.use(traceRequests(tracing));
  app.use(requestId, accessLog(logControl.of), requestFigures(metrics));
  app.use(securityHeaders({ isProduction: config.environment === 'production' }));
  app.use(crossOrigin(config.allowedOrigins));

  const gate = {
    identify: createIdentify({ ...domains, appDomain: config.appDomain }),
    limits: createRateLimits({ redis, clock, rateLimits: config.rateLimits, keyPrefix: config.streamPrefix }),
    turns: createTurns(turnsOf(config.database.poolSize)),
  };
  if (config.role !== 'worker') app.use('/api/v1', apiRouter(domains.routes, gate));

  app.use(
    healthRouter({
      pingDatabase: () => database.system.one(sql`SELECT 1`),
      pingRedis: () => redis.ping(),
      isShuttingDown,
      version,
    }),
  );
  const { registry } = metrics;
  app.use(metricsRouter({ registry, render: figuresOf(registry), token: config.metricsToken }));
  if (config.role === 'worker') return app.use(routeNotFound, renderProblems(logControl.of));
  app.use(
    docsRouter({
      enabled: config.swaggerEnabled,
      appName: config.appName,
      openApiText: () => openApiText(domains.routes, { appName: config.appName, version }),
    }),
  );
  app.use(
    eventPages({
      enabled: config.swaggerEnabled,
      appName: config.appName,
      version,
      catalogue: eventCatalogue,
      envelope: PublicEvent,
    }),
  );
  app.use(problemPages(problems));
  app.use(accountPages(), publicKeysRouter(domains.auth.publicKeys));
  if (mailFolder) app.use(devMailRouter(mailFolder));
  const { answers, inboundSms } = domains.notifications;
  app.use(visitPages(answers));
  app.use(inboundSmsRouter(config, inboundSms));
  app.use(routeNotFound, renderProblems(logControl.of));
  return app;
};
