import { z } from 'zod';
import { PageQuery } from '../../../shared/types/page.ts';
import { Location } from '../models/location.ts';
import { Flag, madeByServer } from './catalogue.ts';

const LocationFields = z.strictObject(Location.omit(madeByServer).shape);

export const CreateLocation = LocationFields.extend({
  phone: LocationFields.shape.phone.default(null),
  active: z.boolean().default(true),
});

export const UpdateLocation = LocationFields.partial();

export const ListLocations = PageQuery.extend({ active: Flag.optional() });
export type ListLocations = z.output<typeof ListLocations>;
