/**
 * Who may do what: the one table. A permission is `resource:action`; with `:own` it reaches only what is the
 * caller's own (their calendar, the patients they treat, their record), which the service of that resource checks.
 */
const table = {
  super_admin: ['platform:read', 'platform:write'],
  tenant_admin: [
    'tenant:read',
    'tenant:write',
    'staff:read',
    'staff:write',
    'roles:read',
    'roles:write',
    'api-keys:read',
    'api-keys:write',
    'notifications:manage',
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
    'patients:erase',
    'patients:export',
    'medical_info:read',
    'medical_info:write',
    'appointments:read',
    'appointments:write',
    'appointments:manage',
    'appointments:override',
    'notes:list',
    'note-templates:read',
    'note-templates:write',
    'webhooks:read',
    'webhooks:write',
    'events:read',
    'audit:read',
    'analytics:read',
    'analytics:count',
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
    'patients:export:own',
    'medical_info:read:own',
    'medical_info:write:own',
    'appointments:read:own',
    'appointments:write:own',
    'appointments:manage:own',
    'notes:list:own',
    'notes:read:own',
    'notes:write:own',
    'note-templates:read',
    'note-templates:write',
    'analytics:read:own',
    'analytics:count:own',
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
    'analytics:count',
  ],
  patient: [
    'services:read',
    'locations:read',
    'doctors:read',
    'patients:read:own',
    'patients:write:own',
    'patients:audit:own',
    'patients:export:own',
    'medical_info:read:own',
    'appointments:read:own',
    'appointments:write:own',
    'notes:list:own',
    'notes:read:own',
  ],
} as const satisfies Record<string, readonly `${string}:${string}`[]>;

export type Role = keyof typeof table;
export type Permission = (typeof table)[Role][number];

export const roles = Object.keys(table) as [Role, ...Role[]];

const permissionSets = new Map<Role, ReadonlySet<Permission>>(
  roles.map((role) => [role, new Set<Permission>(table[role])]),
);

/** Everything that some role of a clinic may do: what a clinic can give to roles of its own. */
export const clinicPermissions = [
  ...new Set<Permission>(roles.filter((role) => role !== 'super_admin').flatMap((role) => [...table[role]])),
] as [Permission, ...Permission[]];

/** Everything that `role` may do. */
export const permissionsOf = (role: Role): ReadonlySet<Permission> => permissionSets.get(role) ?? new Set();

/** Whether `held` opens a route that asks for `needed`: the permission itself, or the same for what is one's own. */
export const opens = (held: ReadonlySet<Permission>, needed: Permission): boolean =>
  held.has(needed) || held.has(`${needed}:own` as Permission);

const OWN = ':own';
const ownOf = (permission: Permission) => `${permission}${OWN}` as Permission;
const allOf = (permission: Permission) => permission.replace(OWN, '') as Permission;

/** Of `asked`, what reaches further than `held`. Who may do something to everything may do it to what is their own. */
export const beyond = (held: ReadonlySet<Permission>, asked: Iterable<Permission>): Permission[] =>
  [...asked].filter((permission) => !held.has(permission) && !held.has(allOf(permission)));

/** What is left of `asked` for somebody who acts for a holder of `held`: what they share, narrowed to `:own` where that is all. */
export const within = (held: ReadonlySet<Permission>, asked: Iterable<Permission>): ReadonlySet<Permission> =>
  new Set(
    [...asked].flatMap((permission) => {
      if (beyond(held, [permission]).length === 0) return [permission];
      return held.has(ownOf(permission)) ? [ownOf(permission)] : [];
    }),
  );
