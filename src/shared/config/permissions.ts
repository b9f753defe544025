/**
 * Who may do what: the one table. A permission is `resource:action`; with `:own` it reaches only what is the
 * caller's own (their calendar, the patients they treat, their record), which the service of that resource checks.
 */
const table = {
  super_admin: [],
  tenant_admin: [
    'tenant:read',
    'tenant:write',
    'staff:read',
    'staff:write',
    'services:read',
    'services:write',
    'locations:read',
    'locations:write',
    'doctors:read',
    'doctors:write',
    'doctors:manage',
    'patients:read',
    'patients:write',
    'patients:manage',
    'patients:audit',
    'medical_info:read',
    'medical_info:write',
    'appointments:read',
    'appointments:write',
    'appointments:manage',
    'appointments:override',
  ],
  doctor: [
    'tenant:read',
    'staff:read',
    'services:read',
    'locations:read',
    'doctors:read',
    'doctors:write:own',
    'patients:read:own',
    'patients:break_glass',
    'medical_info:read:own',
    'medical_info:write:own',
    'appointments:read:own',
    'appointments:write:own',
    'appointments:manage:own',
  ],
  receptionist: [
    'tenant:read',
    'staff:read',
    'services:read',
    'locations:read',
    'doctors:read',
    'doctors:write',
    'doctors:manage',
    'patients:read',
    'patients:write',
    'patients:manage',
    'appointments:read',
    'appointments:write',
    'appointments:manage',
    'appointments:override',
  ],
  patient: [
    'services:read',
    'locations:read',
    'doctors:read',
    'patients:read:own',
    'patients:write:own',
    'patients:audit:own',
    'medical_info:read:own',
    'appointments:read:own',
    'appointments:write:own',
  ],
} as const satisfies Record<string, readonly `${string}:${string}`[]>;

export type Role = keyof typeof table;
export type Permission = (typeof table)[Role][number];

export const roles = Object.keys(table) as [Role, ...Role[]];

const permissionSets = new Map<Role, ReadonlySet<Permission>>(
  roles.map((role) => [role, new Set<Permission>(table[role])]),
);

/** Everything that `role` may do. */
export const permissionsOf = (role: Role): ReadonlySet<Permission> => permissionSets.get(role) ?? new Set();

/** Whether `held` opens a route that asks for `needed`: the permission itself, or the same for what is one's own. */
export const opens = (held: ReadonlySet<Permission>, needed: Permission): boolean =>
  held.has(needed) || held.has(`${needed}:own` as Permission);
