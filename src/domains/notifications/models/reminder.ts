import { MINUTE_MS } from '../../../shared/time/units.ts';

/** A time at which a patient is reminded of a visit. */
export type Reminder = {
  readonly id: string;
  readonly appointmentId: string;
  /** Of the visit: a reminder is of this time of it only. */
  readonly startsAt: Date;
  readonly offsetMinutes: number;
  readonly dueAt: Date;
};

/** Real minutes before the start, whatever clocks are changed in between. */
export const dueAtOf = (startsAt: Date, offsetMinutes: number): Date =>
  new Date(startsAt.getTime() - offsetMinutes * MINUTE_MS);

/** What the scheduler says when the time has come. */
export const reminderDue = (
  reminder: Reminder,
  visit: {
    readonly doctorId: string;
    readonly patientId: string;
    readonly endsAt: Date;
    readonly timezone: string;
  },
) =>
  ({
    type: 'appointment.reminder_due',
    payload: {
      reminderId: reminder.id,
      appointmentId: reminder.appointmentId,
      doctorId: visit.doctorId,
      patientId: visit.patientId,
      startsAt: reminder.startsAt.toISOString(),
      endsAt: visit.endsAt.toISOString(),
      timezone: visit.timezone,
      minutesBefore: reminder.offsetMinutes,
    },
  }) as const;
