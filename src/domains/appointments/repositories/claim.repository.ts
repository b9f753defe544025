import type { Db, Tx } from '../../../database/db.ts';
import { duplicateKeyOf } from '../../../database/failures.ts';
import { and, bin, list, rows, sql } from '../../../database/sql.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { busyIntervals, claimSlots } from '../models/claim.ts';
import { appointmentProblems } from '../problems.ts';

/** The time that an appointment takes of each calendar it needs. */
export type Claims = {
  readonly doctor: { readonly id: string; readonly time: Interval };
  readonly patient: { readonly id: string; readonly time: Interval };
  readonly room?: { readonly id: string; readonly time: Interval } | undefined;
};

const tuples = (tx: Tx, appointmentId: string, calendar: { id: string; time: Interval }) =>
  claimSlots(calendar.time).map((slot) => [tx.tenant, bin(calendar.id), slot, bin(appointmentId)]);

/**
 * Takes the time, or fails with `slot_taken`, `patient_busy` or `room_taken`. The primary key (tenant_id, calendar_id,
 * slot) is what makes a double booking impossible; nothing is read first. In one order (doctor, patient, room, each
 * ascending), so that two racers meet at the first row they share.
 */
export const insertClaims = async (tx: Tx, appointmentId: string, claims: Claims): Promise<void> => {
  const calendars = [claims.doctor, claims.patient, ...(claims.room ? [claims.room] : [])];
  try {
    await tx.run(sql`
      INSERT INTO calendar_claims (tenant_id, calendar_id, slot, appointment_id)
      VALUES ${rows(calendars.flatMap((calendar) => tuples(tx, appointmentId, calendar)))}`);
  } catch (error) {
    if (duplicateKeyOf(error) === 'PRIMARY') throw await conflictWith(tx, claims, error);
    throw error;
  }
};

/** Which calendar was taken; the doctor's comes first, since that is what the caller asked for. */
const conflictWith = async (tx: Tx, { doctor, patient, room }: Claims, cause: unknown): Promise<AppError> => {
  const isTaken = async ({ id, time }: { id: string; time: Interval }) =>
    (await listBusy(tx, id, time)).length > 0;
  const { slot_taken, patient_busy, room_taken } = appointmentProblems;
  if (await isTaken(doctor)) return new AppError(slot_taken, undefined, { cause });
  if (await isTaken(patient)) return new AppError(patient_busy, undefined, { cause });
  if (room && (await isTaken(room))) return new AppError(room_taken, undefined, { cause });
  return new AppError(slot_taken, undefined, { cause });
};

export const deleteClaims = (tx: Tx, appointmentId: string) =>
  tx.run(sql`
    DELETE FROM calendar_claims WHERE tenant_id = ${tx.tenant} AND appointment_id = ${bin(appointmentId)}`);

const slotRange = ({ start, end }: Interval) => {
  const slots = claimSlots({ start, end });
  return sql`slot BETWEEN ${slots[0] ?? 0} AND ${slots.at(-1) ?? 0}`;
};

/** What `window` (epoch milliseconds) has claimed of one calendar: ascending and merged. */
export const listBusy = async (
  db: Db,
  calendarId: string,
  window: Interval,
  except?: string,
): Promise<Interval[]> => (await listBusyOf(db, [calendarId], window, except)).get(calendarId) ?? [];

/** {@link listBusy} for many calendars in one read; `except` is an appointment whose claims do not count. */
export const listBusyOf = async (
  db: Db,
  calendarIds: readonly string[],
  window: Interval,
  except?: string,
): Promise<Map<string, Interval[]>> => {
  const claimed = await db.many<{ calendarId: string; slot: number }>(sql`
    SELECT calendar_id AS calendarId, slot FROM calendar_claims
    WHERE tenant_id = ${db.tenant} AND calendar_id IN ${list(calendarIds.map((id) => bin(id)))} AND ${slotRange(window)}
      ${and(except === undefined ? undefined : sql`appointment_id <> ${bin(except)}`)}
    ORDER BY calendar_id, slot`);
  const slotsOf = new Map<string, number[]>();
  for (const { calendarId, slot } of claimed) {
    const slots = slotsOf.get(calendarId);
    if (slots) slots.push(slot);
    else slotsOf.set(calendarId, [slot]);
  }
  return new Map([...slotsOf].map(([calendarId, slots]) => [calendarId, busyIntervals(slots)]));
};
