import type { Db, Tx } from '../../../database/db.ts';
import { duplicateKeyOf } from '../../../database/failures.ts';
import { paddedList } from '../../../database/padded-list.ts';
import { and, bin, list, rows, sql, uuidOf } from '../../../database/sql.ts';
import type { Interval } from '../../../shared/time/interval.ts';
import { AppError, type Problem } from '../../../shared/utils/errors.ts';
import { startsTouching } from './group.repository.ts';
import { busyIntervals, claimSlots, slotsTouching } from '../models/claim.ts';

/** Time (epoch milliseconds) wanted of one calendar: a doctor's, a patient's or a room's. */
export type Claim = { readonly calendarId: string; readonly time: Interval; readonly whenTaken: Problem };

/** Who takes the time; `expiresAt` is null for good. */
export type Holder = { readonly id: string; readonly expiresAt: Date | null };

/**
 * Takes the time of every calendar, or fails with the `whenTaken` of the first that is taken. The primary key (tenant_id,
 * calendar_id, slot) is what makes a double booking impossible; nothing is read first. Always in the order doctor,
 * patient, room, each ascending, so that two racers meet at the first row they share.
 */
export const insertClaims = async (
  tx: Tx,
  holder: Holder,
  claims: readonly Claim[],
  now: Date,
): Promise<void> => {
  const tuples = claims.flatMap(({ calendarId, time }) =>
    claimSlots(time).map((slot) => [tx.tenant, bin(calendarId), slot, bin(holder.id), holder.expiresAt]),
  );
  if (tuples.length === 0) return;
  try {
    await tx.run(sql`
      INSERT INTO calendar_claims (tenant_id, calendar_id, slot, holder_id, expires_at) VALUES ${rows(tuples)}`);
  } catch (error) {
    if (duplicateKeyOf(error) !== 'PRIMARY') throw error;
    throw new AppError(await conflictAmong(tx, claims, now), undefined, { cause: error });
  }
};

/** Which calendar was taken; the first by default, since what took it may be gone again. */
const conflictAmong = async (tx: Tx, claims: readonly Claim[], now: Date): Promise<Problem> => {
  for (const { calendarId, time, whenTaken } of claims) {
    if ((await listBusy(tx, calendarId, time, { now })).length > 0) return whenTaken;
  }
  const [first] = claims;
  if (!first) throw new Error('Claims that take no time cannot conflict');
  return first.whenTaken;
};

export const deleteClaims = (tx: Tx, holderId: string) =>
  tx.run(sql`DELETE FROM calendar_claims WHERE tenant_id = ${tx.tenant} AND holder_id = ${bin(holderId)}`);

/**
 * Frees what holds that have expired by `now` still claim in `window` of these calendars. Whether there was any. It is looked for before,
 * without a lock: of two who lost a race for a slot, each has a lock on what the other would look through.
 */
export const deleteExpiredClaims = async (
  tx: Tx,
  calendarIds: readonly string[],
  window: Interval,
  now: Date,
): Promise<boolean> => {
  const areExpired = sql`tenant_id = ${tx.tenant} AND calendar_id IN ${list(calendarIds.map((id) => bin(id)))}
    AND ${slotRange(window)} AND expires_at <= ${now}`;
  const found = await tx.one(sql`SELECT slot FROM calendar_claims WHERE ${areExpired} LIMIT 1`);
  if (!found) return false;
  const { affectedRows } = await tx.run(sql`DELETE FROM calendar_claims WHERE ${areExpired}`);
  return affectedRows > 0;
};

/** Whether the holder has taken any time. */
export const hasClaims = async (tx: Tx, holderId: string): Promise<boolean> =>
  (await tx.one(sql`
    SELECT slot FROM calendar_claims WHERE tenant_id = ${tx.tenant} AND holder_id = ${bin(holderId)} LIMIT 1`)) !==
  undefined;

const slotRange = (window: Interval) => {
  const { first, last } = slotsTouching(window);
  return sql`slot BETWEEN ${first} AND ${last}`;
};

/** What does not count as busy: the claims of these holders, and of holds that have expired by `now`. */
export type Disregarded = { readonly now: Date; readonly holders?: readonly string[] };

/** What `window` (epoch milliseconds) has claimed of one calendar: ascending and merged. */
export const listBusy = async (
  db: Db,
  calendarId: string,
  window: Interval,
  disregarded: Disregarded,
): Promise<Interval[]> => (await listBusyOf(db, [calendarId], window, disregarded)).get(calendarId) ?? [];

const counted = ({ now, holders = [] }: Disregarded) => sql`(c.expires_at IS NULL OR c.expires_at > ${now})
  ${and(holders.length === 0 ? undefined : sql`c.holder_id NOT IN ${list(holders.map((id) => bin(id)))}`)}`;

/** All slots of a calendar as one text: hundreds of rows would cost the driver more than they cost the database. */
type Claimed = { readonly slots: string | null; readonly claimed: number };
const claimedColumns = sql`GROUP_CONCAT(c.slot) AS slots, COUNT(*) AS claimed`;
/** The key is named: among years of claims an optimizer may take one by which it reads all of them. */
const claims = sql`calendar_claims c FORCE INDEX (PRIMARY)`;

/** A text that was cut off must not show as free what is taken. */
const toBusy = ({ slots, claimed }: Claimed): Interval[] => {
  if (slots === null) return [];
  const numbers = slots.split(',').map(Number);
  if (numbers.length !== claimed) throw new Error('The claims of a calendar came incomplete');
  const isAscending = numbers.every((slot, i) => i === 0 || slot > (numbers[i - 1] ?? 0));
  return busyIntervals(isAscending ? numbers : numbers.sort((a, b) => a - b));
};

/** {@link listBusy} for many calendars in one read. */
export const listBusyOf = async (
  db: Db,
  calendarIds: readonly string[],
  window: Interval,
  disregarded: Disregarded,
): Promise<Map<string, Interval[]>> => {
  const found = await db.many<Claimed & { calendarId: string }>(sql`
    SELECT c.calendar_id AS calendarId, ${claimedColumns} FROM ${claims}
    WHERE c.tenant_id = ${db.tenant} AND c.calendar_id IN ${list(calendarIds.map((id) => bin(id)))}
      AND c.${slotRange(window)} AND ${counted(disregarded)}
    GROUP BY c.calendar_id`);
  return new Map(found.map((row) => [row.calendarId, toBusy(row)]));
};

/** What a doctor's calendar says of a window, as one statement saw it. */
export type CalendarReading = {
  /** Ascending and merged, as far as no group visit is looked into. */
  readonly busy: Interval[];
  /** How many group visits there may be, whose claims may not count. */
  readonly groupCount: number;
  /** See `renewCalendarVersion`. */
  readonly version: string | null;
  /** When the first hold of these expires, in epoch milliseconds. */
  readonly expiresAt: number;
};

type ReadingRow = Claimed & {
  readonly doctor: string;
  readonly version: string | null;
  readonly expiresAt: Date | null;
  readonly groupCount: number;
};

/** {@link listBusy} of doctors, with what tells how long it holds. All of it comes from one statement, and so of one moment. */
export const readDoctorCalendars = async (
  db: Db,
  doctorIds: readonly string[],
  window: Interval,
  now: Date,
): Promise<Map<string, CalendarReading>> => {
  const ids = paddedList(doctorIds.map((id) => bin(id)));
  const found = await db.many<ReadingRow>(sql`
    SELECT HEX(c.calendar_id) AS doctor, ${claimedColumns}, MIN(c.expires_at) AS expiresAt, NULL AS version, 0 AS groupCount
    FROM ${claims}
    WHERE c.tenant_id = ${db.tenant} AND c.calendar_id IN (${ids}) AND c.${slotRange(window)} AND ${counted({ now })}
    GROUP BY c.calendar_id
    UNION ALL
    SELECT HEX(v.doctor_id), NULL, 0, NULL, HEX(v.version), 0 FROM calendar_versions v
    WHERE v.tenant_id = ${db.tenant} AND v.doctor_id IN (${ids})
    UNION ALL
    SELECT HEX(g.doctor_id), NULL, 0, NULL, NULL, COUNT(*) FROM group_visits g
    WHERE g.tenant_id = ${db.tenant} AND g.doctor_id IN (${ids}) AND g.${startsTouching(window)} GROUP BY g.doctor_id`);
  return new Map(
    doctorIds.map((doctorId) => {
      const key = doctorId.replaceAll('-', '').toUpperCase();
      return [doctorId, toReading(found.filter(({ doctor }) => doctor === key))];
    }),
  );
};

const toReading = (ofDoctor: readonly ReadingRow[]): CalendarReading => {
  const version = ofDoctor.find((row) => row.version !== null)?.version;
  return {
    busy: ofDoctor.flatMap(toBusy),
    groupCount: Math.max(0, ...ofDoctor.map(({ groupCount }) => groupCount)),
    version: version == null ? null : uuidOf(Buffer.from(version, 'hex')),
    expiresAt: Math.min(Infinity, ...ofDoctor.map(({ expiresAt }) => expiresAt?.getTime() ?? Infinity)),
  };
};

/** The slots of `time` that nobody has claimed, as claims of five minutes each: what an override can still take. */
export const freePartsOf = async (tx: Tx, claim: Claim): Promise<Claim[]> => {
  const taken = await tx.many<{ slot: number }>(sql`
    SELECT slot FROM calendar_claims
    WHERE tenant_id = ${tx.tenant} AND calendar_id = ${bin(claim.calendarId)} AND ${slotRange(claim.time)}`);
  const takenSlots = new Set(taken.map(({ slot }) => slot));
  return busyIntervals(claimSlots(claim.time).filter((slot) => !takenSlots.has(slot))).map((time) => ({
    ...claim,
    time,
  }));
};
