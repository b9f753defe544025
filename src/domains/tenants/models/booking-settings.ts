import { z } from 'zod';

const DAY_MINUTES = 24 * 60;
const MONTH_MINUTES = 30 * DAY_MINUTES;

const notice = z.int().min(0).max(MONTH_MINUTES);

/** The rules by which a clinic takes bookings. */
export const BookingSettings = z
  .strictObject({
    /** The step between offered starts; null: the length of the service. */
    slotIntervalMinutes: z.int().min(5).max(DAY_MINUTES).multipleOf(5, 'must be a multiple of 5').nullable(),
    slotAnchor: z.enum(['session', 'clock', 'compact']),
    minNoticeMinutes: notice,
    horizonDays: z.int().min(1).max(730),
    holdMinutes: z.int().min(1).max(60),
    cancellationNoticeMinutes: notice,
    rescheduleNoticeMinutes: notice,
    maxActiveAppointmentsPerPatient: z.int().min(1).max(1000).nullable(),
    pendingBlocksTime: z.boolean(),
    reminderOffsetsMinutes: z
      .array(z.int().min(5).max(MONTH_MINUTES))
      .max(10)
      .refine((offsets) => new Set(offsets).size === offsets.length, 'must not repeat an offset'),
    /** They hold at once, also for who is logged in: an example must not lock out who tries it. */
    requireEmailVerification: z.boolean().meta({ example: false }),
    requireMfaForStaff: z.boolean().meta({ example: false }),
    /**
     * How long the law makes the clinic keep what it knows of a visit, and what belongs to the treatment. Notes are removed
     * for good that long after the last visit; with 0, only where the patient is erased.
     */
    appointmentRetentionYears: z.int().min(0).max(100),
    medicalRecordRetentionYears: z.int().min(0).max(100),
  })
  .meta({ id: 'BookingSettings' });
export type BookingSettings = z.output<typeof BookingSettings>;

/** What holds where a clinic has set nothing. */
export const defaultBookingSettings: BookingSettings = {
  slotIntervalMinutes: null,
  slotAnchor: 'session',
  minNoticeMinutes: 60,
  horizonDays: 90,
  holdMinutes: 5,
  cancellationNoticeMinutes: 0,
  rescheduleNoticeMinutes: 0,
  maxActiveAppointmentsPerPatient: null,
  pendingBlocksTime: true,
  reminderOffsetsMinutes: [1440, 120],
  requireEmailVerification: false,
  requireMfaForStaff: false,
  appointmentRetentionYears: 10,
  medicalRecordRetentionYears: 10,
};

/** Whether a patient could book anything at all: the earliest time must come before the latest. */
export const leavesTimeToBook = ({ minNoticeMinutes, horizonDays }: BookingSettings): boolean =>
  minNoticeMinutes < horizonDays * DAY_MINUTES;
