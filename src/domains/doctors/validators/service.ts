import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { PageQuery } from '../../../shared/types/page.ts';
import { Service } from '../models/service.ts';

const ServiceFields = z.strictObject(
  Service.omit({ id: true, version: true, createdAt: true, updatedAt: true }).shape,
);

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
export type CreateService = z.output<typeof CreateService>;

/** Only the given fields change. */
export const UpdateService = ServiceFields.partial();
export type UpdateService = z.output<typeof UpdateService>;

export const ServiceParams = z.object({ id: Id });

export const ListServices = PageQuery.extend({
  q: z.string().trim().max(100).optional(),
  active: z.stringbool().optional(),
});
export type ListServices = z.output<typeof ListServices>;
