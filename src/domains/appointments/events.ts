import { z } from 'zod';
import { Money } from '../../shared/types/fields.ts';
import { Id } from '../../shared/types/id.ts';
import { Instant } from '../../shared/types/instant.ts';
import type { EventCatalogue } from '../../shared/utils/event-catalogue.ts';
import { ReportedAppointment } from './models/appointment.ts';
import { WaitlistStatus } from './models/waitlist.ts';

const OfAppointment = z.object({ appointment: ReportedAppointment });
/** What the service costs at that moment; events of older versions do not say. */
const Priced = OfAppointment.extend({ price: Money.nullable().optional() });
const Previous = z.object({ doctorId: Id, startsAt: Instant, endsAt: Instant });
const OfHold = z.object({ doctorId: Id, serviceId: Id, startsAt: Instant, endsAt: Instant });
const OfOffer = OfHold.extend({ entryId: Id, offerId: Id, patientId: Id });

/** The events of appointments and of those who wait for one. They hold nothing that was said about a patient. */
export const appointmentEvents = {
  'appointment.booked': { version: 1, summary: 'An appointment was booked', data: Priced },
  'appointment.rescheduled': {
    version: 1,
    summary: 'An appointment has another time or another doctor',
    data: Priced.extend({ previous: Previous }),
  },
  'appointment.updated': {
    version: 1,
    summary: 'Something other than the time and the doctor of an appointment changed',
    data: OfAppointment,
  },
  'appointment.status_changed': {
    version: 1,
    summary: 'An appointment was confirmed, checked in, started, completed, or missed',
    data: OfAppointment,
  },
  'appointment.cancelled': { version: 1, summary: 'An appointment was cancelled', data: OfAppointment },
  'appointment.hold_made': {
    version: 1,
    summary: 'Time is kept for somebody who has not booked it yet',
    data: OfHold,
  },
  'appointment.hold_released': { version: 1, summary: 'Time that was held was given back', data: OfHold },
  'appointment.hold_expired': {
    version: 1,
    summary: 'Time that was held was not used in time',
    data: OfHold,
  },
  'waitlist.entered': {
    version: 1,
    summary: 'Somebody waits for a time to become free',
    data: z.object({ entryId: Id, patientId: Id, doctorId: Id.nullable(), serviceId: Id }),
  },
  'waitlist.closed': {
    version: 1,
    summary: 'Somebody waits no more',
    data: z.object({ entryId: Id, patientId: Id, status: WaitlistStatus }),
  },
  'waitlist.offer_made': {
    version: 1,
    summary: 'A time that became free is offered to somebody who waits',
    data: OfOffer.extend({ expiresAt: Instant }),
  },
  'waitlist.offer_ended': {
    version: 1,
    summary: 'An offer was accepted or declined, has expired, or was withdrawn',
    data: OfOffer.extend({ outcome: z.enum(['accepted', 'declined', 'expired', 'withdrawn']) }),
  },
} as const satisfies EventCatalogue;
