import type { Db, Tx } from '../../../database/db.ts';
import { duplicateKeyOf } from '../../../database/failures.ts';
import { and, bin, count, list, sql, startingWith, type Sql } from '../../../database/sql.ts';
import type { Role } from '../../../shared/config/permissions.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { User } from '../models/user.ts';
import { authProblems } from '../problems.ts';

/** A user with the hash of the password: stays inside this domain's services. */
export type Account = { readonly user: User; readonly passwordHash: string };

/** An account whose address is not proved has none of its own, and shows the one that it claims. */
const shownEmail = sql`coalesce(users.email, (
  SELECT registrations.email FROM registrations
  WHERE registrations.tenant_id = users.tenant_id AND registrations.user_id = users.id))`;

const columns = sql`id, ${shownEmail} AS email, role, role_id AS roleId, first_name AS firstName, last_name AS lastName, active,
  email_verified_at AS emailVerifiedAt, version,
  created_at AS createdAt, updated_at AS updatedAt`;

export const findUser = (db: Db, id: string) =>
  db.one<User>(sql`
    SELECT ${columns} FROM users WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} AND deleted_at IS NULL`);

/** First and last names by id, also of those who are gone. */
export const findNames = async (db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  if (ids.length === 0) return new Map();
  const found = await db.many<Pick<User, 'id' | 'firstName' | 'lastName'>>(sql`
    SELECT id, first_name AS firstName, last_name AS lastName FROM users
    WHERE tenant_id = ${db.tenant} AND id IN ${list(ids.map((id) => bin(id)))}`);
  return new Map(found.map(({ id, firstName, lastName }) => [id, `${firstName} ${lastName}`]));
};
/** Locked: neither password, role nor activity change before the commit. */
export const findUserToChange = async (tx: Tx, id: string): Promise<User | undefined> =>
  (await findAccountToChange(tx, id))?.user;

/** What a user who may log in is; nothing for one who may not any more. */
export const findActiveRole = (db: Db, id: string) =>
  db.one<{ role: Role; roleId: string | null }>(sql`
    SELECT role, role_id AS roleId FROM users
    WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} AND active = TRUE AND deleted_at IS NULL`);

const findAccountWhere = async (db: Db, condition: Sql, lock: Sql): Promise<Account | undefined> => {
  const row = await db.one<User & { passwordHash: string }>(sql`
    SELECT ${columns}, password_hash AS passwordHash FROM users
    WHERE tenant_id = ${db.tenant} AND ${condition} AND deleted_at IS NULL ${lock}`);
  if (!row) return undefined;
  const { passwordHash, ...user } = row;
  return { user, passwordHash };
};

/** `email` in lower case. */
export const findAccountByEmail = (db: Db, email: string) =>
  findAccountWhere(db, sql`email = ${email}`, sql``);

/** The newest account that claims the address and has not proved it. */
export const findRegistrantByEmail = (db: Db, email: string) =>
  findAccountWhere(
    db,
    sql`id = (
      SELECT user_id FROM registrations WHERE tenant_id = ${db.tenant} AND email = ${email}
      ORDER BY user_id DESC LIMIT 1)`,
    sql``,
  );

export const findAccount = (db: Db, id: string) => findAccountWhere(db, sql`id = ${bin(id)}`, sql``);

/** Locked: neither password, role nor activity change before the commit. */
export const findAccountToChange = (tx: Tx, id: string) =>
  findAccountWhere(tx, sql`id = ${bin(id)}`, sql`FOR UPDATE`);

/** The active administrators. */
export const listAdminIds = async (db: Db): Promise<string[]> =>
  (
    await db.many<{ id: string }>(sql`
      SELECT id FROM users
      WHERE tenant_id = ${db.tenant} AND role = 'tenant_admin' AND active = TRUE AND deleted_at IS NULL ORDER BY id`)
  ).map(({ id }) => id);

/** The active administrators, locked in one order, so that two of them cannot remove each other. */
export const lockAdmins = async (tx: Tx): Promise<string[]> => {
  const admins = await tx.many<{ id: string; active: boolean }>(sql`
    SELECT id, active FROM users
    WHERE tenant_id = ${tx.tenant} AND role = 'tenant_admin' AND deleted_at IS NULL
    ORDER BY id FOR UPDATE`);
  return admins.filter(({ active }) => active).map(({ id }) => id);
};

/** Those whom the plan of the clinic counts. */
export const countStaff = async (tx: Tx): Promise<number> => {
  const row = await tx.one<{ users: number }>(sql`
    SELECT count(*) AS users FROM users
    WHERE tenant_id = ${tx.tenant} AND active = TRUE AND deleted_at IS NULL AND role <> 'patient'`);
  return row?.users ?? 0;
};

type UserFilter = {
  readonly limit: number;
  readonly after: string | undefined;
  readonly role?: string | undefined;
  readonly q?: string | undefined;
  readonly staffOnly: boolean;
};

const beginsWith = (q: string): Sql => {
  const prefix = startingWith(q);
  return sql`(last_name LIKE ${prefix} OR first_name LIKE ${prefix}
    OR concat(first_name, ' ', last_name) LIKE ${prefix} OR email LIKE ${prefix.toLowerCase()})`;
};

/** Those with an address of their own, in the order of creation, one row more than `limit`. */
export const listUsers = (db: Db, { limit, after, role, q, staffOnly }: UserFilter) =>
  db.many<User>(sql`
    SELECT ${columns} FROM users
    WHERE tenant_id = ${db.tenant} AND deleted_at IS NULL AND email IS NOT NULL ${and(
      after === undefined ? undefined : sql`id > ${bin(after)}`,
      role === undefined ? undefined : sql`role = ${role}`,
      staffOnly ? sql`role <> 'patient'` : undefined,
      q ? beginsWith(q) : undefined,
    )}
    ORDER BY id LIMIT ${count(limit + 1)}`);

/** Fails with `email_taken` where `work` would give a user an address that another user of the tenant has. */
const unlessTaken = async (work: () => Promise<unknown>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (duplicateKeyOf(error) !== 'uq_users_email') throw error;
    throw new AppError(authProblems.email_taken, undefined, { cause: error });
  }
};

type NewUser = Omit<User, 'email'> & { readonly email: string | null };

export const insertUser = (tx: Tx, u: NewUser, passwordHash: string): Promise<void> =>
  unlessTaken(() =>
    tx.run(sql`
      INSERT INTO users (tenant_id, id, email, password_hash, role, role_id, first_name, last_name, active,
        version, created_at, updated_at)
      VALUES (${tx.tenant}, ${bin(u.id)}, ${u.email}, ${passwordHash}, ${u.role}, ${bin(u.roleId)}, ${u.firstName},
        ${u.lastName}, ${u.active}, ${u.version}, ${u.createdAt}, ${u.updatedAt})`),
  );

/** From now on nobody else can have the address. */
export const giveEmail = (tx: Tx, id: string, email: string): Promise<void> =>
  unlessTaken(() =>
    tx.run(sql`UPDATE users SET email = ${email} WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`),
  );

export const updateUser = (tx: Tx, u: User) =>
  tx.run(sql`
    UPDATE users SET role = ${u.role}, role_id = ${bin(u.roleId)}, first_name = ${u.firstName}, last_name = ${u.lastName},
      active = ${u.active}, version = ${u.version}, updated_at = ${u.updatedAt}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(u.id)}`);

export const updatePassword = (tx: Tx, id: string, passwordHash: string, now: Date) =>
  tx.run(sql`
    UPDATE users SET password_hash = ${passwordHash}, updated_at = ${now}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

/** Takes everything from an account that tells whose it was; it opens nothing any more. */
export const forgetUser = (tx: Tx, id: string, now: Date) =>
  tx.run(sql`
    UPDATE users SET email = ${`${id}@erased.invalid`}, first_name = 'Erased', last_name = 'Erased',
      password_hash = ${'!'.repeat(60)}, active = FALSE, deleted_at = ${now}, version = version + 1,
      updated_at = ${now}
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

export const markEmailVerified = (tx: Tx, id: string, now: Date) =>
  tx.run(sql`
    UPDATE users SET email_verified_at = coalesce(email_verified_at, ${now})
    WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);

export const removeUser = (tx: Tx, id: string, now: Date) =>
  tx.run(sql`
    UPDATE users SET deleted_at = ${now}, active = FALSE WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);
