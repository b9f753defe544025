import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

/** Time that is kept for a caller until `expiresAt`. Booking with its id turns it into the appointment. */
export const Hold = z
  .object({
    id: Id,
    doctorId: Id,
    serviceId: Id,
    startsAt: Instant,
    endsAt: Instant,
    expiresAt: Instant,
  })
  .meta({ id: 'Hold' });

/** With what the calendar knows of it: whose it is, for whom, and the group visit in which it keeps a seat. */
export type Hold = z.output<typeof Hold> & {
  readonly userId: string;
  readonly patientId: string | null;
  readonly groupId: string | null;
};

const payload = ({ doctorId, serviceId, startsAt, endsAt }: Hold) => ({
  doctorId,
  serviceId,
  startsAt: startsAt.toISOString(),
  endsAt: endsAt.toISOString(),
});

/** The time is kept for somebody. */
export const holdMade = (hold: Hold) => ({ type: 'appointment.hold_made', payload: payload(hold) }) as const;

/** The time of a hold is free again, because whoever had it gave it back. */
export const holdReleased = (hold: Hold) =>
  ({ type: 'appointment.hold_released', payload: payload(hold) }) as const;

/** The time of a hold is free again, because it was not used in time. */
export const holdExpired = (hold: Hold) =>
  ({ type: 'appointment.hold_expired', payload: payload(hold) }) as const;

export const hasExpired = ({ expiresAt }: Hold, now: Date): boolean => expiresAt <= now;
