import { createTenantDirectory } from '../domains/tenants/index.ts';
import type { Infrastructure } from '../infrastructure.ts';
import type { Answers } from '../shared/ports/port.ts';
import type { RequestCtx } from '../shared/types/context.ts';
import type { Core } from './core.ts';
import type { CorePort } from './ports/core-port.ts';
import { createRemoteAuthentication } from './remote-authentication.ts';

type Deps = Pick<Infrastructure, 'broadcast' | 'clock' | 'metrics'>;

const orUndefined = async <T>(answer: Promise<T | null>): Promise<T | undefined> =>
  (await answer) ?? undefined;

/** The core where it runs in another process. The handles of the caller's database say only which tenant is meant. */
export const askCore = (deps: Deps, ask: Answers<CorePort>): Core => {
  const source = {
    find: (tenantId: string) => orUndefined(ask.tenant({ tenantId })),
    idOfSubdomain: (subdomain: string) => orUndefined(ask.tenantOfSubdomain({ subdomain })),
    idOfHostname: (hostname: string) => orUndefined(ask.tenantOfHostname({ hostname })),
  };
  const answerOf = ({ requestId, address, userAgent }: RequestCtx, tenantId: string, visitId: string) => ({
    requestId,
    address,
    userAgent,
    tenantId,
    visitId,
  });
  return {
    tenants: createTenantDirectory({ ...deps, source }),
    auth: { authenticate: createRemoteAuthentication(deps, (token) => ask.authenticate({ token })) },
    patients: { find: ({ tenantId }, id) => orUndefined(ask.patient({ tenantId, id })) },
    doctors: {
      visitNames: ({ tenantId }, { doctorIds, serviceIds, locationIds }) =>
        ask.visitNames({
          tenantId,
          doctorIds: [...doctorIds],
          serviceIds: [...serviceIds],
          locationIds: [...locationIds],
        }),
      userOfDoctor: ({ tenantId }, doctorId) => orUndefined(ask.userOfDoctor({ tenantId, doctorId })),
      findBookable: async ({ tenantId }, { doctorId, serviceId }) => {
        const timezone = await ask.timezoneOfVisits({ tenantId, doctorId, serviceId });
        return timezone === null ? undefined : { timezone };
      },
    },
    users: {
      find: ({ tenantId }, id) => orUndefined(ask.user({ tenantId, id })),
      listAdminIds: ({ tenantId }) => ask.adminIds({ tenantId }),
      letterOf: ({ tenantId }, linkId) => orUndefined(ask.accountLetter({ tenantId, linkId })),
    },
    visits: {
      find: ({ tenantId }, id) => orUndefined(ask.visit({ tenantId, id })),
      listUpcoming: ({ tenantId }, from, { after, limit }) =>
        ask.upcomingVisits({ tenantId, from, after: after ?? null, limit }),
      invitation: ({ tenantId }, id, parties) => orUndefined(ask.invitation({ tenantId, id, ...parties })),
      confirmAttendance: ({ tenantId }, ctx, { id }) => ask.confirmAttendance(answerOf(ctx, tenantId, id)),
      cancelByPatient: ({ tenantId }, ctx, { id }) => ask.cancelByPatient(answerOf(ctx, tenantId, id)),
    },
    treats: ({ tenantId }, doctorId, patientId) => ask.treats({ tenantId, doctorId, patientId }),
    findVisit: (_db, ctx, appointmentId) => orUndefined(ask.visitOfCaller({ ctx, appointmentId })),
    localStartOf: ({ tenantId }, appointmentId) => orUndefined(ask.localStart({ tenantId, appointmentId })),
    lastVisitEndOf: ({ tenantId }, patientId) => ask.lastVisitEnd({ tenantId, patientId }),
    eventsOf: (tenantId, { after, limit }) => ask.events({ tenantId, after, limit }),
    tenantsWithEvents: () => ask.tenantsWithEvents({}),
    announceHours: async (tenantId, known) => {
      await ask.announceHours({ tenantId, known: [...known] });
    },
  };
};
