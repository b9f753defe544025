import type { Db, SystemDb, Tx } from '../../../database/db.ts';
import { duplicateKeyOf } from '../../../database/failures.ts';
import { bin, count, sql } from '../../../database/sql.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Offer, Outcome } from '../models/waitlist.ts';
import { appointmentProblems } from '../problems.ts';

export const findOffer = (db: Db, id: string) =>
  db.one<Offer>(sql`
    SELECT id, entry_id AS entryId, doctor_id AS doctorId, service_id AS serviceId, starts_at AS startsAt,
      ends_at AS endsAt, hold_id AS holdId, made_at AS madeAt, expires_at AS expiresAt, outcome
    FROM waitlist_offers WHERE tenant_id = ${db.tenant} AND id = ${bin(id)}`);

/** Fails with `slot_taken` where that time has a live offer, or was offered to this entry before. */
export const insertOffer = async (tx: Tx, o: Offer): Promise<void> => {
  try {
    await tx.run(sql`
      INSERT INTO waitlist_offers (tenant_id, id, entry_id, doctor_id, service_id, starts_at, ends_at, hold_id, made_at,
        expires_at)
      VALUES (${tx.tenant}, ${bin(o.id)}, ${bin(o.entryId)}, ${bin(o.doctorId)}, ${bin(o.serviceId)}, ${o.startsAt},
        ${o.endsAt}, ${bin(o.holdId)}, ${o.madeAt}, ${o.expiresAt})`);
  } catch (error) {
    if (duplicateKeyOf(error) === undefined) throw error;
    throw new AppError(appointmentProblems.slot_taken, undefined, { cause: error });
  }
};

export const updateOffer = (tx: Tx, id: string, ended: { readonly at: Date; readonly outcome: Outcome }) =>
  tx.run(sql`
    UPDATE waitlist_offers SET ended_at = ${ended.at}, outcome = ${ended.outcome}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

/** A row of some tenant that is due. */
export type Due = { readonly tenantId: string; readonly id: string };

/** Entries whose live offer has expired by `now`, the longest expired first. */
export const listEntriesWithExpiredOffer = (db: SystemDb, now: Date, limit: number) =>
  db.many<Due>(sql`
    SELECT tenant_id AS tenantId, entry_id AS id FROM waitlist_offers
    WHERE ended_at IS NULL AND expires_at <= ${now} ORDER BY expires_at LIMIT ${count(limit)}`);

/** Entries that wait for a time which has passed by `now`. */
export const listLapsedEntries = (db: SystemDb, now: Date, limit: number) =>
  db.many<Due>(sql`
    SELECT tenant_id AS tenantId, id FROM waitlist_entries
    WHERE status = 'waiting' AND latest <= ${now} ORDER BY latest LIMIT ${count(limit)}`);

/** Locks the entry, unless somebody else is at it: they do what is due. */
export const lockIfIdle = async (tx: Tx, entryId: string): Promise<boolean> =>
  (await tx.one(sql`
    SELECT id FROM waitlist_entries WHERE tenant_id = ${tx.tenant} AND id = ${bin(entryId)} FOR UPDATE SKIP LOCKED`)) !==
  undefined;
