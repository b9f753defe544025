import { bin, uuidOf } from '../../../database/sql.ts';

/** What stands in a key for no location: a part of a primary key cannot be NULL. */
export const NOWHERE: Buffer = Buffer.alloc(16);
const NOWHERE_ID = uuidOf(NOWHERE);

export const placeKey = (locationId: string | null): Buffer =>
  locationId === null ? NOWHERE : bin(locationId);
export const locationOf = (key: string): string | null => (key === NOWHERE_ID ? null : key);
