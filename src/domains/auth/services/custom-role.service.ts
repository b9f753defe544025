import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, type Page, type PageQuery, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { demandVersion, nextVersion } from '../../../shared/utils/versions.ts';
import type { CustomRole } from '../models/custom-role.ts';
import { authProblems } from '../problems.ts';
import {
  deleteRole,
  findRole,
  findRoleToChange,
  insertRole,
  listRoles,
  updateRole,
} from '../repositories/custom-role.repository.ts';
import type { CreateRole, UpdateRole } from '../validators/custom-role.ts';
import { demandHeld } from './giving.ts';
import type { RoleDirectory } from './role-directory.ts';

type Deps = { database: Database; audit: AuditTrail; outbox: Outbox; clock: Clock; roles: RoleDirectory };
export type CustomRoleService = ReturnType<typeof createCustomRoleService>;

const there = (role: CustomRole | undefined): CustomRole => {
  if (!role) throw new AppError(authProblems.role_not_found);
  return role;
};

/** The roles that a clinic makes. Nobody makes or changes one that holds more than they do. */
export const createCustomRoleService = ({ database, audit, outbox, clock, roles }: Deps) => {
  const record = (tx: Tx, ctx: Ctx, verb: string, resourceId: string, changes?: object) =>
    audit.record(tx, ctx, {
      action: `role.${verb}`,
      resourceType: 'role',
      resourceId,
      ...(changes && { changes: { ...changes } }),
    });

  const findCurrent = async (tx: Tx, ctx: Ctx, id: string, ifMatch: number | undefined) => {
    const current = there(await findRoleToChange(tx, id));
    demandVersion(current, ifMatch);
    demandHeld(ctx, current.permissions);
    return current;
  };

  return {
    create: async (ctx: Ctx, fields: CreateRole): Promise<CustomRole> => {
      demandHeld(ctx, fields.permissions);
      const now = clock.now();
      const role: CustomRole = { ...fields, id: newId(), version: 1, createdAt: now, updatedAt: now };
      return database.transaction(ctx, async (tx) => {
        await insertRole(tx, role);
        await record(tx, ctx, 'created', role.id, fields);
        return role;
      });
    },

    list: async (ctx: Ctx, { limit, cursor }: PageQuery): Promise<Page<CustomRole>> => {
      const after = decodeCursor(IdPosition, cursor)?.[0];
      return toPage(await listRoles(database.read(ctx.tenantId), { limit, after }), limit, ({ id }) => [id]);
    },

    get: async (ctx: Ctx, id: string): Promise<CustomRole> =>
      there(await findRole(database.read(ctx.tenantId), id)),

    /** Whoever has the role may do what it says from now on. The event closes their sockets, which come back as allowed. */
    update: async (
      ctx: Ctx,
      id: string,
      changes: UpdateRole,
      ifMatch: number | undefined,
    ): Promise<CustomRole> => {
      demandHeld(ctx, changes.permissions ?? []);
      const updated = await database.transaction(ctx, async (tx) => {
        const role = nextVersion(await findCurrent(tx, ctx, id, ifMatch), changes, clock.now());
        await updateRole(tx, role);
        await record(tx, ctx, 'updated', id, changes);
        if (changes.permissions)
          await outbox.publish(tx, ctx, { type: 'role.changed', payload: { roleId: id } });
        return role;
      });
      await roles.hasChanged({ tenantId: ctx.tenantId, roleId: id });
      return updated;
    },

    remove: (ctx: Ctx, id: string, ifMatch: number | undefined): Promise<void> =>
      database.transaction(ctx, async (tx) => {
        await findCurrent(tx, ctx, id, ifMatch);
        await deleteRole(tx, id);
        await record(tx, ctx, 'deleted', id);
      }),
  };
};
