import type { Db, Tx } from '../../../database/db.ts';
import { and, bin, count, sql } from '../../../database/sql.ts';
import type { AccountLink, LinkPurpose } from '../models/account-link.ts';

const columns = sql`id, purpose, user_id AS userId, email, role, first_name AS firstName, last_name AS lastName,
  created_at AS createdAt, expires_at AS expiresAt, used_at AS usedAt`;

export const insertLink = (tx: Tx, link: AccountLink) =>
  tx.run(sql`
    INSERT INTO account_links (tenant_id, id, purpose, user_id, email, role, first_name, last_name, created_at,
      expires_at, used_at)
    VALUES (${tx.tenant}, ${bin(link.id)}, ${link.purpose}, ${bin(link.userId)}, ${link.email}, ${link.role},
      ${link.firstName}, ${link.lastName}, ${link.createdAt}, ${link.expiresAt}, ${link.usedAt})`);

export const findLink = (db: Db, id: string) =>
  db.one<AccountLink>(sql`
    SELECT ${columns} FROM account_links WHERE tenant_id = ${db.tenant} AND id = ${bin(id)}`);

/** Locked: of two that bring the same link, the second sees that it has been used. */
export const findLinkToUse = (tx: Tx, id: string) =>
  tx.one<AccountLink>(sql`
    SELECT ${columns} FROM account_links WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)} FOR UPDATE`);

/** Every open link to the same end is used up with the one that was. */
export const useUpLinks = (tx: Tx, purpose: LinkPurpose, email: string, now: Date) =>
  tx.run(sql`
    UPDATE account_links SET used_at = ${now}
    WHERE tenant_id = ${tx.tenant} AND purpose = ${purpose} AND email = ${email} AND used_at IS NULL`);

type InvitationFilter = { readonly limit: number; readonly before: string | undefined };

/** Neither accepted nor withdrawn, the newest first, one row more than `limit`. */
export const listInvitations = (db: Db, { limit, before }: InvitationFilter) =>
  db.many<AccountLink>(sql`
    SELECT ${columns} FROM account_links
    WHERE tenant_id = ${db.tenant} AND purpose = 'invitation' AND used_at IS NULL
      ${and(before === undefined ? undefined : sql`id < ${bin(before)}`)}
    ORDER BY id DESC LIMIT ${count(limit + 1)}`);
