import { type Permission, permissionsOf, type Role, roles } from '../shared/config/permissions.ts';
import { code, table } from '../shared/utils/markdown.ts';
import type { Access, RouteGroup } from '../shared/utils/route.ts';

const INTRODUCTION = `# Permissions

Written by \`npm run docs:permissions\` from \`src/shared/config/permissions.ts\` and the routes; do not edit.

A role holds permissions. A permission is \`resource:action\`. With \`:own\` behind it, it opens the same routes, but reaches
only what is the caller's own: a doctor's profile, calendar and patients under treatment, a patient's record and visits.
Other people's visits and records answer 404, as if they were not there. A colleague's hours, which everybody may see,
answer 403 to a change.

\`GET /api/v1/auth/me\` lists what the caller holds. A route that is not open to the caller answers 403 \`forbidden\`.
A clinic can make roles of its own (\`/roles\`) and give them to doctors and receptionists: they hold what the role says, and
nothing of what their built-in role does. An API key (\`/api-keys\`) holds some of what its maker does.
\`super_admin\` is the operator of an installation: it belongs to no clinic and holds nothing inside one.`;

const OWN = ':own';

/** Every permission without `:own`, in the order in which the roles name them. */
const permissions = (): string[] => {
  const all = roles.flatMap((role) => [...permissionsOf(role)]);
  return [...new Set(all.map((name) => name.replace(OWN, '')))];
};

const holding = (role: Role, permission: string): string => {
  const held: ReadonlySet<string> = permissionsOf(role);
  if (held.has(permission)) return 'yes';
  return held.has(permission + OWN) ? 'own' : '';
};

const rolesTable = (): string => {
  const clinicRoles = roles.filter((role) => permissionsOf(role).size > 0);
  return table(
    ['Permission', ...clinicRoles.map(code)],
    permissions().map((name) => [code(name), ...clinicRoles.map((role) => holding(role, name))]),
  );
};

type Endpoint = { readonly access: Access; readonly name: string; readonly summary: string };

const endpointsOf = (groups: readonly RouteGroup[]): Endpoint[] =>
  groups.flatMap(({ base, routes }) =>
    routes.map(({ method, path, access, summary }) => ({
      access,
      name: `${method.toUpperCase()} ${base}${path === '/' ? '' : path}`,
      summary,
    })),
  );

const ACCESS: readonly { readonly access: Access; readonly title: string }[] = [
  { access: 'open', title: 'Open to everybody' },
  { access: 'tenant', title: 'Open to everybody who names a clinic' },
  {
    access: 'tenant-or-platform',
    title: 'Open to everybody who names a clinic, and to operators, who name none',
  },
  { access: 'caller', title: 'Open to whoever is logged in, and to every API key' },
  { access: 'user', title: 'Open to whoever is logged in, and to no API key' },
  { access: 'account', title: 'The same, also before the address is proved and the second factor set up' },
];

const routesSection = (title: string, endpoints: readonly Endpoint[]): string[] =>
  endpoints.length === 0
    ? []
    : [
        `### ${title}`,
        table(
          ['Route', 'What it does'],
          endpoints.map(({ name, summary }) => [code(name), summary]),
        ),
      ];

/** The page about who may do what: roles and permissions, then the routes that each permission opens. */
export const permissionsPage = (groups: readonly RouteGroup[]): string => {
  const endpoints = endpointsOf(groups);
  const sections = [
    ...ACCESS,
    ...permissions().map((name) => ({ access: name as Permission, title: code(name) })),
  ];
  return `${[
    INTRODUCTION,
    '## Roles',
    rolesTable(),
    '## Routes',
    'Paths stand under `/api/v1`.',
    ...sections.flatMap(({ access, title }) =>
      routesSection(
        title,
        endpoints.filter((endpoint) => endpoint.access === access),
      ),
    ),
  ].join('\n\n')}\n`;
};
