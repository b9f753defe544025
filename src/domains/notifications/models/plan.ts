import { z } from 'zod';
import type { Facts } from './delivery.ts';
import type { Kind } from './kind.ts';
import type { Alert } from './texts/text.ts';

/** Whom an event concerns. */
export type Audience =
  | { readonly patientId: string }
  | { readonly doctorId: string }
  | { readonly role: 'tenant_admin' }
  | { readonly linkId: string };

/** Who is to be told of an event, and what. */
export type Plan = { readonly kind: Kind; readonly audience: Audience; readonly facts: Facts };

const Place = z.object({ doctorId: z.string(), startsAt: z.string() });
const Visit = Place.extend({ id: z.string(), patientId: z.string(), status: z.string() });
const VisitPayload = z.object({ appointment: Visit, previous: Place.optional() });
type VisitPayload = z.output<typeof VisitPayload>;

const factsOf = ({ appointment: { id, startsAt }, previous }: VisitPayload): Facts => ({
  appointmentId: id,
  startsAt,
  ...(previous && previous.startsAt !== startsAt && { previousStartsAt: previous.startsAt }),
});

const ofVisit = (
  payload: VisitPayload,
  kinds: { readonly patient: Kind; readonly doctor?: Kind },
): Plan[] => {
  const { patientId, doctorId } = payload.appointment;
  const facts = factsOf(payload);
  return [
    { kind: kinds.patient, audience: { patientId }, facts },
    ...(kinds.doctor ? [{ kind: kinds.doctor, audience: { doctorId }, facts } as const] : []),
  ];
};

/** A visit that was moved to another doctor is new to that one, and gone for the one before. */
const ofMove = (payload: VisitPayload): Plan[] => {
  const { appointment, previous } = payload;
  if (!previous || previous.doctorId === appointment.doctorId) {
    return ofVisit(payload, { patient: 'appointment_rescheduled', doctor: 'calendar_rescheduled' });
  }
  const gone = { appointmentId: appointment.id, startsAt: previous.startsAt };
  return [
    ...ofVisit(payload, { patient: 'appointment_rescheduled', doctor: 'calendar_booked' }),
    { kind: 'calendar_cancelled', audience: { doctorId: previous.doctorId }, facts: gone },
  ];
};

const ReminderPayload = z.object({
  reminderId: z.string(),
  appointmentId: z.string(),
  patientId: z.string(),
  startsAt: z.string(),
});
const OfferPayload = z.object({
  offerId: z.string(),
  patientId: z.string(),
  doctorId: z.string(),
  serviceId: z.string(),
  startsAt: z.string(),
  expiresAt: z.string(),
});

const LinkPayload = z.object({
  linkId: z.string(),
  purpose: z.enum(['email_verification', 'address_taken', 'password_reset', 'invitation']),
});

const toAdmins = (alert: Alert) => (): Plan[] => [
  { kind: 'system_alert', audience: { role: 'tenant_admin' }, facts: { alert } },
];

/** Which events are told to whom: the one table. Of events that are not in it, nobody is told. */
const table: Readonly<Record<string, (payload: unknown) => Plan[]>> = {
  'appointment.booked': (payload) => {
    const visit = VisitPayload.parse(payload);
    const isRequest = visit.appointment.status === 'pending';
    const patient = isRequest ? 'appointment_requested' : 'appointment_booked';
    return ofVisit(visit, { patient, doctor: 'calendar_booked' });
  },
  'appointment.rescheduled': (payload) => ofMove(VisitPayload.parse(payload)),
  'appointment.cancelled': (payload) =>
    ofVisit(VisitPayload.parse(payload), { patient: 'appointment_cancelled', doctor: 'calendar_cancelled' }),
  'appointment.status_changed': (payload) => {
    const visit = VisitPayload.parse(payload);
    return visit.appointment.status === 'confirmed'
      ? ofVisit(visit, { patient: 'appointment_confirmed' })
      : [];
  },
  'appointment.reminder_due': (payload) => {
    const { reminderId, appointmentId, patientId, startsAt } = ReminderPayload.parse(payload);
    const facts = { reminderId, appointmentId, startsAt };
    return [{ kind: 'appointment_reminder', audience: { patientId }, facts }];
  },
  'waitlist.offer_made': (payload) => {
    const { patientId, expiresAt, ...facts } = OfferPayload.parse(payload);
    return [{ kind: 'waitlist_offer', audience: { patientId }, facts: { ...facts, answerBy: expiresAt } }];
  },
  'auth.link_created': (payload) => {
    const { linkId, purpose } = LinkPayload.parse(payload);
    return [{ kind: purpose, audience: { linkId }, facts: {} }];
  },
  'patient.record_opened_by_break_glass': toAdmins('record_opened_by_break_glass'),
  'webhook.disabled': toAdmins('webhook_disabled'),
};

/** Whether somebody may have to be told of events of this type. */
export const isTold = (type: string): boolean => Object.hasOwn(table, type);

/** What an event has to be told. Throws for a payload that is not the event's own. */
export const plansFor = ({ type, payload }: { readonly type: string; readonly payload: unknown }): Plan[] =>
  Object.hasOwn(table, type) ? (table[type]?.(payload) ?? []) : [];

const OfVisit = z.object({ appointment: z.object({ id: z.string() }) });

/** Events after which the reminders of a visit may have to be other ones; answers its id. */
export const visitToRemindOf = ({
  type,
  payload,
}: {
  readonly type: string;
  readonly payload: unknown;
}): string | undefined =>
  type.startsWith('appointment.') ? OfVisit.safeParse(payload).data?.appointment.id : undefined;
