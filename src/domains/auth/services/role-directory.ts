import { z } from 'zod';
import type { Database } from '../../../database/db.ts';
import { type Permission, permissionsOf, type Role } from '../../../shared/config/permissions.ts';
import type { Metrics } from '../../../shared/metrics/metrics.ts';
import { Id } from '../../../shared/types/id.ts';
import type { Broadcast, Channel } from '../../../shared/utils/broadcast.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { createShortMemory } from '../../../shared/utils/short-memory.ts';
import { findRole } from '../repositories/custom-role.repository.ts';

const REMEMBERED_MS = 2_000;
const REMEMBERED_ROLES = 20_000;

type ChangedRole = { readonly tenantId: string; readonly roleId: string };
const changes: Channel<ChangedRole> = {
  name: 'roles:changed',
  message: z.object({ tenantId: Id, roleId: Id }),
};

/** What somebody is, and the clinic's own role in its place, if they have one. */
export type HeldRole = { readonly role: Role; readonly roleId?: string | null };

export type RoleDirectory = {
  /** What whoever holds the role may do, at most two seconds ago. */
  permissionsOf(tenantId: string, held: HeldRole): Promise<ReadonlySet<Permission>>;
  /** To be called after the commit of a change: this process knows at once, the others when the promise resolves. */
  hasChanged(changed: ChangedRole): Promise<void>;
};

type Deps = { database: Database; broadcast: Broadcast; clock: Clock; metrics: Pick<Metrics, 'cache'> };

/** What roles may do: the built-in ones by the one table, a clinic's own from memory where it can. */
export const createRoleDirectory = ({ database, broadcast, clock, metrics }: Deps): RoleDirectory => {
  const memory = createShortMemory<ReadonlySet<Permission>>({
    clock,
    forMs: REMEMBERED_MS,
    max: REMEMBERED_ROLES,
    counts: metrics.cache('roles'),
  });
  const keyOf = ({ tenantId, roleId }: ChangedRole) => `${tenantId}:${roleId}`;
  const forget = (changed: ChangedRole) => {
    memory.forget(keyOf(changed));
  };
  broadcast.listen(changes, forget);

  return {
    permissionsOf: async (tenantId, { role, roleId }) =>
      roleId == null
        ? permissionsOf(role)
        : memory.get(
            keyOf({ tenantId, roleId }),
            async () => new Set((await findRole(database.read(tenantId), roleId))?.permissions),
          ),
    hasChanged: async (changed) => {
      forget(changed);
      await broadcast.send(changes, changed);
    },
  };
};
