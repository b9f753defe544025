import { z } from 'zod';
import { text, TimeZone } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { LocalDate, LocalEndTime, LocalTime } from '../../../shared/types/wall-clock.ts';
import type { Schedule } from './working-time.ts';

const Hours = z.strictObject({ startTime: LocalTime, endTime: LocalEndTime });

/** Hours of one weekday on the doctor's wall clock; an `endTime` at or before `startTime` lies on the next day. */
const Rule = Hours.extend({
  dayOfWeek: z.int().min(1).max(7).meta({ description: '1 = Monday … 7 = Sunday (ISO 8601)' }),
  locationId: Id.nullish(),
  serviceIds: z.array(Id).max(200).nullish().meta({ description: 'null: every service of the doctor' }),
  effectiveFrom: LocalDate.nullish(),
  effectiveTo: LocalDate.nullish(),
})
  .refine(
    ({ effectiveFrom, effectiveTo }) => !effectiveFrom || !effectiveTo || effectiveFrom <= effectiveTo,
    {
      path: ['effectiveTo'],
      error: 'must not be before effectiveFrom',
    },
  )
  .meta({ id: 'AvailabilityRule' });
export type Rule = z.output<typeof Rule>;

/** The weekly hours of a doctor, replaced as a whole. */
export const WeeklyHours = z.strictObject({ timezone: TimeZone, rules: z.array(Rule).max(200) });
export type WeeklyHours = z.output<typeof WeeklyHours>;

/** An appointment that a change leaves outside working time, or without what it needs. */
export const AffectedAppointment = z
  .object({
    id: Id,
    doctorId: Id,
    patientId: Id,
    serviceId: Id,
    locationId: Id.nullable(),
    startsAt: Instant,
    endsAt: Instant,
    status: z.string(),
  })
  .meta({ id: 'AffectedAppointment' });
export type AffectedAppointment = z.output<typeof AffectedAppointment>;

/** Who has to be told: the change cancels none of them. */
export const affectedFields = { affectedAppointments: z.array(AffectedAppointment) };
export type Affected = { affectedAppointments: AffectedAppointment[] };

export const Availability = z.object({ ...WeeklyHours.shape, version: z.int() }).meta({ id: 'Availability' });
export type Availability = z.output<typeof Availability>;

/** Dates on which other hours, or none, take the place of the weekly ones. */
export const Override = z
  .object({
    id: Id,
    startDate: LocalDate,
    endDate: LocalDate,
    kind: z.enum(['unavailable', 'custom']),
    intervals: z.array(Hours.extend({ locationId: Id.nullish() })).max(20),
    reason: text(500).nullable(),
    createdAt: Instant,
  })
  .meta({ id: 'AvailabilityOverride' });
export type Override = z.output<typeof Override>;

/** `schedule` is left out where only what is offered in the hours has changed. It stays inside the installation. */
export const availabilityChanged = (doctorId: string, schedule?: Schedule) =>
  ({
    type: 'doctor.availability_changed',
    payload: { doctorId, ...(schedule && { schedule }) },
  }) as const;

/** The same hours are offered in another way. No time has become free by it, so that nobody who waits is offered any. */
export const slotRulesChanged = (doctorId: string) =>
  ({ type: 'doctor.slot_rules_changed', payload: { doctorId } }) as const;
