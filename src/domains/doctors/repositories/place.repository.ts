import type { Tx } from '../../../database/db.ts';
import { bin, sql } from '../../../database/sql.ts';

/** A location as a visit needs it. */
export type VisitLocation = { readonly id: string; readonly timezone: string; readonly active: boolean };
export type VisitRoom = { readonly id: string; readonly locationId: string; readonly active: boolean };

/** Read under the lock of a doctor, which whoever takes a location out of use takes first. */
export const findVisitLocation = (tx: Tx, id: string) =>
  tx.one<VisitLocation>(sql`
    SELECT id, timezone, active FROM locations
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} AND deleted_at IS NULL`);

/** Locked together with other bookings, but not with a change of the room: whoever comes second sees what the first has done. */
export const findVisitRoom = (tx: Tx, id: string) =>
  tx.one<VisitRoom>(sql`
    SELECT id, location_id AS locationId, active FROM rooms
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} AND deleted_at IS NULL LOCK IN SHARE MODE`);
