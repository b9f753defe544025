import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { PageQuery } from '../../../shared/types/page.ts';
import { WaitlistEntry, WaitlistStatus } from '../models/waitlist.ts';

export const WaitlistParams = z.object({ id: Id });

const { doctorId, specialization, serviceId, earliest, latest, daysOfWeek, timeRange } = WaitlistEntry.shape;

export const EnterWaitlist = z
  .strictObject({
    patientId: Id.optional().meta({ description: 'Whom staff enter; a patient enters for themself' }),
    doctorId: doctorId.unwrap().optional(),
    specialization: specialization.unwrap().optional(),
    serviceId,
    earliest,
    latest: latest.meta({ description: 'The last start that would do' }),
    daysOfWeek: daysOfWeek.unwrap().optional(),
    timeRange: timeRange.unwrap().optional().meta({
      description: 'On the doctor’s wall clock; the whole visit lies in it',
    }),
  })
  .refine((entry) => entry.doctorId === undefined || entry.specialization === undefined, {
    path: ['specialization'],
    error: 'must be left out where doctorId is given',
  })
  .refine((entry) => entry.earliest < entry.latest, { path: ['latest'], error: 'must be after earliest' });
export type EnterWaitlist = z.output<typeof EnterWaitlist>;

export const ListWaitlist = PageQuery.extend({
  status: WaitlistStatus.optional(),
  doctorId: Id.optional(),
  serviceId: Id.optional(),
});
export type ListWaitlist = z.output<typeof ListWaitlist>;

export const AcceptOffer = z
  .strictObject({
    token: z.string().max(100).optional().meta({ description: 'Of the offer; if given, it must be right' }),
  })
  .optional();
export type AcceptOffer = z.output<typeof AcceptOffer>;
