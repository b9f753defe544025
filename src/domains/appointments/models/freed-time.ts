import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';

/** Time of a doctor that may have become free: that of one visit, or any that is still to come. */
export type FreedTime = {
  readonly doctorId: string;
  /** Epoch milliseconds, without the buffers of the service; left out: any. */
  readonly visit?: { readonly serviceId: string; readonly start: number; readonly end: number };
};

const Place = z.object({ doctorId: Id, startsAt: z.string(), endsAt: z.string() });
const Visit = Place.extend({ serviceId: Id });
const Ended = Visit.extend({ outcome: z.string() });
const Changed = z.object({ appointment: Visit.extend({ status: z.string() }), previous: Place.optional() });

const timeOf = ({ doctorId, serviceId, startsAt, endsAt }: z.output<typeof Visit>): FreedTime => ({
  doctorId,
  visit: { serviceId, start: Date.parse(startsAt), end: Date.parse(endsAt) },
});

/** What an event sets free: the one table. Of events that are not in it, nothing. */
const table: Readonly<Record<string, (payload: unknown) => FreedTime[]>> = {
  'appointment.cancelled': (payload) => [timeOf(Changed.parse(payload).appointment)],
  'appointment.status_changed': (payload) => {
    const { appointment } = Changed.parse(payload);
    return appointment.status === 'no_show' ? [timeOf(appointment)] : [];
  },
  'appointment.rescheduled': (payload) => {
    const { appointment, previous } = Changed.parse(payload);
    return previous ? [timeOf({ serviceId: appointment.serviceId, ...previous })] : [];
  },
  'appointment.hold_released': (payload) => [timeOf(Visit.parse(payload))],
  'appointment.hold_expired': (payload) => [timeOf(Visit.parse(payload))],
  'doctor.availability_changed': (payload) => [
    { doctorId: z.object({ doctorId: Id }).parse(payload).doctorId },
  ],
  'waitlist.offer_ended': (payload) => {
    const ended = Ended.parse(payload);
    return ended.outcome === 'accepted' ? [] : [timeOf(ended)];
  },
};

/** Whether events of this type may set time free. */
export const maySetFree = ({ type }: { readonly type: string }): boolean => Object.hasOwn(table, type);

/** The time that an event has set free. Throws for a payload that is not the event's own. */
export const freedBy = ({
  type,
  payload,
}: {
  readonly type: string;
  readonly payload: unknown;
}): FreedTime[] => (Object.hasOwn(table, type) ? (table[type]?.(payload) ?? []) : []);
