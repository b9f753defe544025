import type { Db, Tx } from '../../../database/db.ts';
import { duplicateKeyOf, isReferredTo } from '../../../database/failures.ts';
import { and, bin, count, sql, type Sql } from '../../../database/sql.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { CustomRole } from '../models/custom-role.ts';
import { authProblems } from '../problems.ts';

const columns = sql`id, name, permissions, version, created_at AS createdAt, updated_at AS updatedAt`;

const findWith = (db: Db, id: string, lock: Sql) =>
  db.one<CustomRole>(sql`
    SELECT ${columns} FROM custom_roles WHERE tenant_id = ${db.tenant} AND id = ${bin(id)} ${lock}`);

export const findRole = (db: Db, id: string) => findWith(db, id, sql``);

/** Locked: neither its permissions change nor is it given to anybody before the commit. */
export const findRoleToChange = (tx: Tx, id: string) => findWith(tx, id, sql`FOR UPDATE`);

/** Locked against change: whoever gives the role knows what it holds. */
export const findRoleToGive = (tx: Tx, id: string) => findWith(tx, id, sql`LOCK IN SHARE MODE`);

/** In the order of creation, one row more than `limit`. */
export const listRoles = (db: Db, { limit, after }: { limit: number; after: string | undefined }) =>
  db.many<CustomRole>(sql`
    SELECT ${columns} FROM custom_roles
    WHERE tenant_id = ${db.tenant} ${and(after === undefined ? undefined : sql`id > ${bin(after)}`)}
    ORDER BY id LIMIT ${count(limit + 1)}`);

/** Fails with `role_name_taken` where another role of the clinic has the name. */
const uniquely = async (write: Promise<unknown>): Promise<void> => {
  try {
    await write;
  } catch (error) {
    if (duplicateKeyOf(error) !== 'uq_custom_roles_name') throw error;
    throw new AppError(authProblems.role_name_taken, undefined, { cause: error });
  }
};

export const insertRole = (tx: Tx, r: CustomRole) =>
  uniquely(
    tx.run(sql`
      INSERT INTO custom_roles (tenant_id, id, name, permissions, version, created_at, updated_at)
      VALUES (${tx.tenant}, ${bin(r.id)}, ${r.name}, ${JSON.stringify(r.permissions)}, ${r.version}, ${r.createdAt},
        ${r.updatedAt})`),
  );

export const updateRole = (tx: Tx, r: CustomRole) =>
  uniquely(
    tx.run(sql`
      UPDATE custom_roles SET name = ${r.name}, permissions = ${JSON.stringify(r.permissions)},
        version = ${r.version}, updated_at = ${r.updatedAt}
      WHERE tenant_id = ${tx.tenant} AND id = ${bin(r.id)}`),
  );

/** Fails with `role_in_use` where a user has the role; users who are deleted give it up. */
export const deleteRole = async (tx: Tx, id: string): Promise<void> => {
  await tx.run(sql`
    UPDATE users SET role_id = NULL
    WHERE tenant_id = ${tx.tenant} AND role_id = ${bin(id)} AND deleted_at IS NOT NULL`);
  try {
    await tx.run(sql`DELETE FROM custom_roles WHERE tenant_id = ${tx.tenant} AND id = ${bin(id)}`);
  } catch (error) {
    if (!isReferredTo(error)) throw error;
    throw new AppError(authProblems.role_in_use, undefined, { cause: error });
  }
};
