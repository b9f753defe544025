import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { ReportedHours } from './reported-hours.ts';
import { VisitStatus } from './status.ts';

const Appointment = z.object({
  id: Id,
  doctorId: Id,
  patientId: Id,
  serviceId: Id,
  locationId: Id.nullable(),
  startsAt: Instant,
  endsAt: Instant,
  status: VisitStatus,
  attendanceConfirmedAt: Instant.nullish(),
  version: z.int(),
  createdAt: Instant,
});
/** In minor units of the currency. */
const Price = z.object({ amount: z.int().min(0), currency: z.string().length(3) });
export type Price = z.output<typeof Price>;

const OfVisit = z.object({ appointment: Appointment, price: Price.nullish() });
const Reminded = z.object({ appointmentId: Id, startsAt: Instant });
const Entered = z.object({ entryId: Id, doctorId: Id.nullable(), serviceId: Id });
const Closed = z.object({ entryId: Id, status: z.enum(['waiting', 'offered', 'booked', 'left', 'expired']) });
const Offered = z.object({ entryId: Id });
const OfferEnded = Offered.extend({ outcome: z.enum(['accepted', 'declined', 'expired', 'withdrawn']) });
const HoursChanged = z.object({ doctorId: Id, schedule: ReportedHours });
const Merged = z.object({ patientId: Id, duplicateId: Id });
const Zoned = z.object({ timezone: z.string() });

/** What analytics keeps of an event: the parts that figures need, by type. */
export const keptPayloads = {
  'appointment.booked': OfVisit,
  'appointment.rescheduled': OfVisit,
  'appointment.updated': OfVisit,
  'appointment.status_changed': OfVisit,
  'appointment.cancelled': OfVisit,
  'appointment.reminder_due': Reminded,
  'waitlist.entered': Entered,
  'waitlist.closed': Closed,
  'waitlist.offer_made': Offered,
  'waitlist.offer_ended': OfferEnded,
  'doctor.availability_changed': HoursChanged,
  'patient.merged': Merged,
  'tenant.created': Zoned,
  'tenant.updated': Zoned,
} as const;
type Kept = typeof keptPayloads;
type KeptType = keyof Kept;

/** An event as analytics knows it. */
export type SourceEvent = {
  [Type in KeptType]: {
    readonly id: string;
    readonly subjectId: string;
    readonly occurredAt: Date;
    readonly type: Type;
    readonly payload: z.output<Kept[Type]>;
  };
}[KeptType];
export type SourceEventOf<Type extends KeptType> = Extract<SourceEvent, { type: Type }>;

/** An event as it reaches whoever listens. */
export type HappenedEvent = {
  readonly id: string;
  readonly tenantId: string;
  readonly type: string;
  readonly payload: unknown;
  readonly occurredAt: Date;
};

export const isOfVisit = (
  event: SourceEvent,
): event is Exclude<
  Extract<SourceEvent, { type: `appointment.${string}` }>,
  { type: 'appointment.reminder_due' }
> => event.type.startsWith('appointment.') && event.type !== 'appointment.reminder_due';

const isKeptType = (type: string): type is KeptType => Object.hasOwn(keptPayloads, type);

/** Not every event of these types says what a figure needs: a clinic is renamed, and a service takes longer. */
const saysNothing = ({ type, payload }: Pick<HappenedEvent, 'type' | 'payload'>): boolean =>
  (type === 'doctor.availability_changed' && !has(payload, 'schedule')) ||
  (type === 'tenant.updated' && !has(payload, 'timezone'));

const has = (payload: unknown, field: string): boolean =>
  typeof payload === 'object' && payload !== null && field in payload;

const subjectOf = (event: Pick<SourceEvent, 'type' | 'payload'>, tenantId: string): string => {
  const { payload } = event;
  if ('appointment' in payload) return payload.appointment.id;
  if ('appointmentId' in payload) return payload.appointmentId;
  if ('entryId' in payload) return payload.entryId;
  if ('duplicateId' in payload) return payload.duplicateId;
  if ('doctorId' in payload) return payload.doctorId;
  return tenantId;
};

/** Whether anything of it is kept. */
export const isKept = (event: Pick<HappenedEvent, 'type' | 'payload'>): boolean =>
  isKeptType(event.type) && !saysNothing(event);

/** What analytics takes from an event; nothing from most. Throws for a payload that is not the event's own. */
export const sourceEventOf = ({
  id,
  tenantId,
  type,
  payload,
  occurredAt,
}: HappenedEvent): SourceEvent | undefined => {
  if (!isKeptType(type) || saysNothing({ type, payload })) return undefined;
  const kept = { id, type, occurredAt, payload: keptPayloads[type].parse(payload) } as Omit<
    SourceEvent,
    'subjectId'
  >;
  return { ...kept, subjectId: subjectOf(kept, tenantId) } as SourceEvent;
};
