import { z } from 'zod';
import { PageQuery } from '../../../shared/types/page.ts';
import { Service } from '../models/service.ts';
import { Flag, madeByServer } from './catalogue.ts';

const ServiceFields = z.strictObject(Service.omit(madeByServer).shape);

export const CreateService = ServiceFields.extend({
  bufferBeforeMinutes: ServiceFields.shape.bufferBeforeMinutes.default(0),
  bufferAfterMinutes: ServiceFields.shape.bufferAfterMinutes.default(0),
  slotIntervalMinutes: ServiceFields.shape.slotIntervalMinutes.default(null),
  capacity: ServiceFields.shape.capacity.default(1),
  price: ServiceFields.shape.price.default(null),
  modality: ServiceFields.shape.modality.default('in_person'),
  color: ServiceFields.shape.color.default(null),
  requiresConfirmation: z.boolean().default(false),
  bookableByPatients: z.boolean().default(true),
  active: z.boolean().default(true),
});

/** Only the given fields change. */
export const UpdateService = ServiceFields.partial();

export const ListServices = PageQuery.extend({
  q: z.string().trim().max(100).optional(),
  active: Flag.optional(),
});
export type ListServices = z.output<typeof ListServices>;
