import { z } from 'zod';
import { TimeZone } from '../../../shared/types/fields.ts';
import { Language, text } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';
import { PageQuery } from '../../../shared/types/page.ts';
import { DAY_MS } from '../../../shared/time/units.ts';

const MAX_DAYS = { oneDoctor: 62, acrossDoctors: 31 };

const ordered = ({ from, to }: { from: Date; to: Date }) => from < to;
const notOrdered = { path: ['to'], error: 'must be after from' };

const within =
  (days: number) =>
  ({ from, to }: { from: Date; to: Date }) =>
    to.getTime() - from.getTime() <= days * DAY_MS;

export const SlotParams = z.object({ id: Id });

export const DoctorSlots = z
  .strictObject({
    serviceId: Id,
    from: Instant,
    to: Instant,
    timezone: TimeZone.optional().meta({ description: 'Named in the answer; changes nothing else' }),
    rescheduleOf: Id.optional().meta({ description: 'An appointment that does not block its own move' }),
  })
  .refine(ordered, notOrdered)
  .refine(within(MAX_DAYS.oneDoctor), {
    path: ['to'],
    error: `must be at most ${MAX_DAYS.oneDoctor} days after from`,
  });
export type DoctorSlots = z.output<typeof DoctorSlots>;

export const ExplainSlot = z.strictObject({ serviceId: Id, at: Instant });
export type ExplainSlot = z.output<typeof ExplainSlot>;

export const FreeSlots = z
  .strictObject({
    ...PageQuery.shape,
    serviceId: Id.optional(),
    specialization: text(100).optional(),
    language: Language.optional(),
    locationId: Id.optional(),
    from: Instant,
    to: Instant,
  })
  .refine(({ serviceId, specialization }) => serviceId !== undefined || specialization !== undefined, {
    path: ['serviceId'],
    error: 'must be given, or specialization',
  })
  .refine(ordered, notOrdered)
  .refine(within(MAX_DAYS.acrossDoctors), {
    path: ['to'],
    error: `must be at most ${MAX_DAYS.acrossDoctors} days after from`,
  });
export type FreeSlots = z.output<typeof FreeSlots>;

const slot = { startsAt: Instant, endsAt: Instant, locationId: Id.nullable() };

export const OfferedSlot = z.object(slot).meta({ id: 'Slot' });
export const OfferedSlots = z.object({ data: z.array(OfferedSlot), timezone: z.string() });

/** Names the service too, so that what is offered can be booked also when only a specialization was asked for. */
export const FreeSlot = z.object({ doctorId: Id, serviceId: Id, ...slot }).meta({ id: 'FreeSlot' });
export type FreeSlot = z.output<typeof FreeSlot>;

export const SlotExplanation = z
  .object({
    at: Instant,
    bookable: z.boolean(),
    reasons: z.array(z.object({ code: z.string(), detail: z.string() })),
  })
  .meta({ id: 'SlotExplanation' });
