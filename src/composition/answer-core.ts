import { acceptAuditRows } from '../database/audit-handover.ts';
import { acceptEvents } from '../events/accept-events.ts';
import type { Infrastructure } from '../infrastructure.ts';
import type { AnsweredPort } from '../shared/ports/port.ts';
import type { Core } from './core.ts';
import { type CorePort, corePort } from './ports/core-port.ts';

type Deps = Pick<Infrastructure, 'database' | 'relay'>;

/** The core as other processes ask it: each question in a database handle of its tenant, each order in a transaction. */
export const answerCore = ({ database, relay }: Deps, core: Core): AnsweredPort<CorePort> => {
  const { read, transaction } = database;
  const { tenants, users, doctors, visits } = core;
  const isThere = async (tenantId: string) => (await tenants.findById(tenantId)) !== undefined;
  return {
    port: corePort,
    streams: {},
    answers: {
      tenant: async ({ tenantId }) => (await tenants.findById(tenantId)) ?? null,
      tenantOfSubdomain: async ({ subdomain }) => (await tenants.findBySubdomain(subdomain))?.id ?? null,
      tenantOfHostname: async ({ hostname }) => (await tenants.findByHostname(hostname))?.id ?? null,
      tenantsWithEvents: () => core.tenantsWithEvents(),

      authenticate: ({ token }) => core.auth.authenticate(token),
      user: async ({ tenantId, id }) => (await users.find(read(tenantId), id)) ?? null,
      adminIds: ({ tenantId }) => users.listAdminIds(read(tenantId)),
      accountLetter: async ({ tenantId, linkId }) => (await users.letterOf(read(tenantId), linkId)) ?? null,

      patient: async ({ tenantId, id }) => (await core.patients.find(read(tenantId), id)) ?? null,

      visitNames: ({ tenantId, ...named }) => doctors.visitNames(read(tenantId), named),
      timezoneOfVisits: async ({ tenantId, ...ids }) =>
        (await doctors.findBookable(read(tenantId), ids))?.timezone ?? null,
      userOfDoctor: async ({ tenantId, doctorId }) =>
        (await doctors.userOfDoctor(read(tenantId), doctorId)) ?? null,
      announceHours: async ({ tenantId, known }) => {
        await core.announceHours(tenantId, new Set(known));
        return null;
      },

      visit: async ({ tenantId, id }) => (await visits.find(read(tenantId), id)) ?? null,
      upcomingVisits: ({ tenantId, from, after, limit }) =>
        visits.listUpcoming(read(tenantId), from, { after: after ?? undefined, limit }),
      invitation: async ({ tenantId, id, ...parties }) =>
        (await visits.invitation(read(tenantId), id, parties)) ?? null,
      confirmAttendance: ({ tenantId, visitId, ...ctx }) =>
        transaction({ tenantId }, (tx) => visits.confirmAttendance(tx, ctx, { id: visitId })),
      cancelByPatient: ({ tenantId, visitId, ...ctx }) =>
        transaction({ tenantId }, (tx) => visits.cancelByPatient(tx, ctx, { id: visitId })),
      treats: ({ tenantId, doctorId, patientId }) => core.treats(read(tenantId), doctorId, patientId),
      visitOfCaller: async ({ ctx, appointmentId }) =>
        (await core.findVisit(read(ctx.tenantId), ctx, appointmentId)) ?? null,
      localStart: async ({ tenantId, appointmentId }) =>
        (await core.localStartOf(read(tenantId), appointmentId)) ?? null,
      lastVisitEnd: ({ tenantId, patientId }) => core.lastVisitEndOf(read(tenantId), patientId),

      events: ({ tenantId, ...page }) => core.eventsOf(tenantId, page),
      acceptEvents: async ({ events }) => {
        await acceptEvents(database, events, isThere);
        relay.nudge();
        return null;
      },
      acceptAuditRows: async ({ rows }) => {
        await acceptAuditRows(database, rows, isThere);
        return null;
      },
    },
  };
};
