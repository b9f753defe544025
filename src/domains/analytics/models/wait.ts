import { HOUR_MS } from '../../../shared/time/units.ts';
import { localDateAt } from '../../../shared/time/wall-clock.ts';
import type { SourceEvent, SourceEventOf } from './source-event.ts';

/** An entry of the waitlist as figures count it: it still waits, was booked, was left, or has expired. */
export type Wait = {
  readonly id: string;
  readonly doctorId: string | null;
  readonly serviceId: string;
  /** When it was entered, on the calendar of the clinic. */
  readonly localDate: string;
  readonly status: 'waiting' | 'booked' | 'left' | 'expired';
  readonly hoursToBooking: number | null;
  readonly offers: number;
  readonly accepted: number;
  readonly declined: number;
  readonly expired: number;
};

/** What the events of one entry make of it, whatever their order. Nothing while none says what it is. */
export const waitOf = (events: readonly SourceEvent[], timezone: string): Wait | undefined => {
  const entered = events.find((event) => event.type === 'waitlist.entered');
  if (!entered) return undefined;
  const { entryId, doctorId, serviceId } = entered.payload;
  const ended = events.filter((event) => event.type === 'waitlist.offer_ended');
  const endedAs = (outcome: SourceEventOf<'waitlist.offer_ended'>['payload']['outcome']) =>
    ended.filter(({ payload }) => payload.outcome === outcome);
  const [accepted] = endedAs('accepted');
  const closed = events.find((event) => event.type === 'waitlist.closed')?.payload.status;
  return {
    id: entryId,
    doctorId,
    serviceId,
    localDate: localDateAt(timezone, entered.occurredAt.getTime()),
    status: accepted ? 'booked' : statusOf(closed ?? (endedAs('withdrawn').length > 0 ? 'left' : 'waiting')),
    hoursToBooking:
      accepted === undefined
        ? null
        : Math.max(0, Math.floor((accepted.occurredAt.getTime() - entered.occurredAt.getTime()) / HOUR_MS)),
    offers: events.filter(({ type }) => type === 'waitlist.offer_made').length,
    accepted: endedAs('accepted').length,
    declined: endedAs('declined').length,
    expired: endedAs('expired').length,
  };
};

const statusOf = (status: SourceEventOf<'waitlist.closed'>['payload']['status']): Wait['status'] =>
  status === 'offered' ? 'waiting' : status;
