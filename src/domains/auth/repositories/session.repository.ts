import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, count, list, sql } from '../../../database/sql.ts';
import type { Role } from '../../../shared/config/permissions.ts';
import type { Session } from '../models/session.ts';

const columns = sql`id, user_id AS userId, refresh_id AS refreshId, previous_refresh_id AS previousRefreshId,
  rotated_at AS rotatedAt, address, user_agent AS userAgent,
  created_at AS createdAt, last_seen_at AS lastSeenAt, expires_at AS expiresAt, revoked_at AS revokedAt`;

export const insertSession = (tx: Tx, s: Session) =>
  tx.run(sql`
    INSERT INTO sessions (tenant_id, id, user_id, refresh_id, address, user_agent, created_at, last_seen_at,
      expires_at, revoked_at)
    VALUES (${tx.tenant}, ${bin(s.id)}, ${bin(s.userId)}, ${bin(s.refreshId)}, ${s.address}, ${s.userAgent},
      ${s.createdAt}, ${s.lastSeenAt}, ${s.expiresAt}, ${s.revokedAt})`);

/** Locked: of two that bring the same refresh token, the second sees what the first has made of it. */
export const findSessionToChange = (tx: Tx, id: string) =>
  tx.one<Session>(sql`
    SELECT ${columns} FROM sessions WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} FOR UPDATE`);

export const rotateSession = (tx: Tx, { id, expiresAt, ...next }: Session) =>
  tx.run(sql`
    UPDATE sessions SET refresh_id = ${bin(next.refreshId)}, previous_refresh_id = ${bin(next.previousRefreshId)},
      rotated_at = ${next.rotatedAt}, last_seen_at = ${next.lastSeenAt}, expires_at = ${expiresAt}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

const isLive = (now: Date) => sql`revoked_at IS NULL AND expires_at > ${now}`;

type SessionFilter = { userId: string; limit: number; before: string | undefined; now: Date };

/** Live ones, the newest first, one row more than `limit`. */
export const listSessions = (db: Db, { userId, limit, before, now }: SessionFilter) =>
  db.many<Session>(sql`
    SELECT ${columns} FROM sessions
    WHERE tenant_id = ${db.tenant} AND user_id = ${bin(userId)} AND ${isLive(now)}
      ${and(before === undefined ? undefined : sql`id < ${bin(before)}`)}
    ORDER BY id DESC LIMIT ${count(limit + 1)}`);

/** Which of a user's sessions: one of them, all but one, or all. */
export type SessionChoice = { readonly only?: string; readonly except?: string };

/** Ids of the user's live sessions, locked. */
export const lockLiveSessions = async (
  tx: Tx,
  userId: string,
  { only, except }: SessionChoice,
  now: Date,
): Promise<string[]> => {
  const sessions = await tx.many<{ id: string }>(sql`
    SELECT id FROM sessions
    WHERE tenant_id = ${tx.tenant} AND user_id = ${bin(userId)} AND ${isLive(now)} ${and(
      only === undefined ? undefined : sql`id = ${bin(only)}`,
      except === undefined ? undefined : sql`id <> ${bin(except)}`,
    )}
    ORDER BY id FOR UPDATE`);
  return sessions.map(({ id }) => id);
};

export const revokeSessions = (tx: Tx, ids: readonly string[], now: Date) =>
  tx.run(sql`
    UPDATE sessions SET revoked_at = ${now}
    WHERE tenant_id = ${tx.tenant} AND id IN ${list(ids.map((id) => bin(id)))}`);

export type LiveSession = {
  readonly userId: string;
  readonly role: Role;
  readonly roleId: string | null;
  readonly lastSeenAt: Date;
  /** None while the account only claims one. */
  readonly email: string | null;
  readonly emailVerifiedAt: Date | null;
  /** When the authenticator was shown to work. */
  readonly mfaSince: Date | null;
};

/** The session and its user as they stand; nothing where either is gone, ended or inactive. */
export const findLiveSession = (db: Db, id: string, now: Date) =>
  db.one<LiveSession>(sql`
    SELECT sessions.user_id AS userId, users.role, users.role_id AS roleId,
      sessions.last_seen_at AS lastSeenAt, users.email, users.email_verified_at AS emailVerifiedAt,
      totp_factors.activated_at AS mfaSince
    FROM sessions
    JOIN users ON users.tenant_id = sessions.tenant_id AND users.id = sessions.user_id
    LEFT JOIN totp_factors ON totp_factors.tenant_id = users.tenant_id AND totp_factors.user_id = users.id
    WHERE sessions.tenant_id = ${db.tenant} AND sessions.id = ${bin(id)} AND ${isLive(now)}
      AND users.active = TRUE AND users.deleted_at IS NULL`);

/** Of many processes that have seen it, one writes. */
export const touchSession = (tx: Tx, id: string, now: Date, unlessSeenSince: Date) =>
  tx.run(sql`
    UPDATE sessions SET last_seen_at = ${now}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} AND last_seen_at < ${unlessSeenSince}`);
