import { z } from 'zod';
import { Patient } from '../../domains/patients/index.ts';
import { Tenant } from '../../domains/tenants/index.ts';
import { roles } from '../../shared/config/permissions.ts';
import { definePort, order, question } from '../../shared/ports/port.ts';
import { Id } from '../../shared/types/id.ts';
import { Instant } from '../../shared/types/instant.ts';
import { Ctx, Identity, Names, Nothing, RequestCtx } from './wire.ts';

const ofTenant = <Shape extends z.ZodRawShape>(shape: Shape) => z.object({ tenantId: Id, ...shape });
const orNothing = <Answer extends z.ZodType>(answer: Answer) => answer.nullable();

/**
 * What was stored was judged then. It goes over as it is, whatever the rules of today would say: nobody could answer a question about it
 * otherwise.
 */
const asStored = <Value>() => z.custom<Value>(() => true);
const textOrNull = z.string().nullable();
const StoredTenant = Tenant.extend({
  name: z.string(),
  subdomain: z.string(),
  timezone: z.string(),
  locale: z.string(),
  plan: asStored<Tenant['plan']>(),
  branding: asStored<Tenant['branding']>(),
});
const StoredPatient = Patient.extend({
  firstName: z.string(),
  lastName: z.string(),
  dateOfBirth: textOrNull,
  email: textOrNull,
  phone: textOrNull,
  address: textOrNull,
  preferredLanguage: textOrNull,
  emergencyContact: asStored<Patient['emergencyContact']>(),
});

/** A visit as messages and notes need to know it. */
const Visit = z.object({
  id: Id,
  doctorId: Id,
  patientId: Id,
  serviceId: Id,
  locationId: Id.nullable(),
  startsAt: Instant,
  endsAt: Instant,
  timezone: z.string(),
  status: z.string(),
});

const Letter = z.object({
  email: z.string(),
  firstName: z.string().nullable(),
  url: z.string(),
  expiresAt: Instant,
});

const Answer = z.enum(['done', 'too_late', 'not_possible']);
const answer = order(RequestCtx.extend({ tenantId: Id, visitId: Id }), Answer, { repeatable: false });

const LoggedEvent = z.object({
  id: Id,
  type: z.string(),
  payload: z.record(z.string(), z.unknown()),
  requestId: z.string(),
  occurredAt: Instant,
  sequence: z.int(),
});

/** An event that another service has committed; its payload is the text that it has committed. */
export const HandedEvent = z.object({
  tenantId: Id,
  id: Id,
  type: z.string(),
  payload: z.string(),
  requestId: z.string(),
  occurredAt: Instant,
  traceparent: z.string().nullable(),
});

/** A row of the audit trail that another service has committed, with its mark. */
export const HandedAuditRow = z.object({
  tenantId: Id,
  id: Id,
  occurredAt: Instant,
  actorId: Id.nullable(),
  actorRole: z.string().nullable(),
  onBehalfOf: Id.nullable(),
  apiKeyId: Id.nullable(),
  action: z.string(),
  resourceType: z.string(),
  resourceId: Id.nullable(),
  changes: z.string().nullable(),
  address: z.string(),
  userAgent: z.string(),
  requestId: z.string(),
  mark: z.base64().nullable(),
});

/** What the other services ask of the core. */
export const corePort = definePort(
  'core',
  {
    // Of tenants
    tenant: question(ofTenant({}), orNothing(StoredTenant)),
    tenantOfSubdomain: question(z.object({ subdomain: z.string() }), orNothing(Id)),
    tenantOfHostname: question(z.object({ hostname: z.string() }), orNothing(Id)),
    tenantsWithEvents: question(z.object({}), z.array(Id)),
    // Of accounts
    authenticate: question(z.object({ token: z.string() }), Identity),
    user: question(
      ofTenant({ id: Id }),
      orNothing(
        z.object({
          id: Id,
          email: z.string(),
          role: z.enum(roles),
          firstName: z.string(),
          active: z.boolean(),
        }),
      ),
    ),
    adminIds: question(ofTenant({}), z.array(Id)),
    accountLetter: question(ofTenant({ linkId: Id }), orNothing(Letter)),
    // Of patients
    patient: question(ofTenant({ id: Id }), orNothing(StoredPatient)),
    // Of doctors
    visitNames: question(
      ofTenant({ doctorIds: z.array(Id), serviceIds: z.array(Id), locationIds: z.array(Id) }),
      z.object({ doctors: Names, services: Names, locations: Names }),
    ),
    timezoneOfVisits: question(ofTenant({ doctorId: Id, serviceId: Id }), orNothing(z.string())),
    userOfDoctor: question(ofTenant({ doctorId: Id }), orNothing(Id)),
    announceHours: order(ofTenant({ known: z.array(Id) }), Nothing, { repeatable: true }),
    // Of appointments
    visit: question(ofTenant({ id: Id }), orNothing(Visit)),
    upcomingVisits: question(
      ofTenant({ from: Instant, after: Id.nullable(), limit: z.int() }),
      z.array(Visit),
    ),
    invitation: question(
      ofTenant({ id: Id, organizerEmail: z.string(), attendeeEmail: z.string() }),
      orNothing(z.object({ method: z.enum(['REQUEST', 'CANCEL']), text: z.string() })),
    ),
    confirmAttendance: answer,
    cancelByPatient: answer,
    treats: question(ofTenant({ doctorId: Id, patientId: Id }), z.boolean()),
    visitOfCaller: question(
      z.object({ ctx: Ctx, appointmentId: Id }),
      orNothing(z.object({ doctorId: Id, patientId: Id, status: z.string() })),
    ),
    localStart: question(ofTenant({ appointmentId: Id }), orNothing(z.string())),
    lastVisitEnd: question(ofTenant({ patientId: Id }), orNothing(Instant)),
    // Of what has happened
    events: question(ofTenant({ after: z.int(), limit: z.int() }), z.array(LoggedEvent)),
    acceptEvents: order(z.object({ events: z.array(HandedEvent) }), Nothing, { repeatable: true }),
    acceptAuditRows: order(z.object({ rows: z.array(HandedAuditRow) }), Nothing, { repeatable: true }),
  },
  {},
);
export type CorePort = typeof corePort;
