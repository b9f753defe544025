import { opens, type Permission, permissionsOf, roles } from '../../shared/config/permissions.ts';

const conventions = `Appointments for clinics: their doctors, services, calendars, patients and notes.

## Getting in

Log in with \`POST /auth/login\` and send the access token as \`Authorization: Bearer <accessToken>\`. It lasts 15 minutes; \`POST /auth/refresh\` gives the next pair. A refresh token works once: if it comes back, its session ends. An API key is sent the same way; it reaches what its permissions say, has no account, no session and no socket, and is shown once, by \`POST /api-keys\`.

## The clinic (tenant)

A request names its clinic by, in this order: its access token, \`X-Tenant-ID\`, \`X-Tenant-Subdomain\`, the address it is sent to. Two that disagree: 403 \`tenant_mismatch\`. Whatever belongs to another clinic does not exist: 404.

## Values

JSON in UTF-8 with names in \`camelCase\`; a field that is not known is an error. Ids are lower-case UUIDs. Instants are RFC 3339, read with any offset and sent as UTC with milliseconds; without an offset they are refused. Dates are \`YYYY-MM-DD\`, times \`HH:mm\`, zones IANA names, \`dayOfWeek\` is 1 for Monday to 7 for Sunday. Money is \`{ "amount": 12500, "currency": "EUR" }\` in minor units.

## Lists

\`?limit=\` is 1 to 100 and 20 without it. The answer is \`{ "data": [...], "nextCursor": "..." }\`; send \`nextCursor\` as \`?cursor=\` for the next page, until it is \`null\`. What is added meanwhile neither repeats nor hides anything.

## Repeating safely

A POST that creates takes an \`Idempotency-Key\` of 1 to 255 characters. The same key with the same payload gets the first answer again, marked \`Idempotency-Replayed: true\`, for 24 hours and for the same user. With another payload: 422 \`idempotency_key_reused\`. While the first still runs: 409 \`idempotency_in_progress\`.

## Versions

What can change has a \`version\` and sends it as \`ETag: "<version>"\`. Send it back as \`If-Match\` with a change: if somebody was faster, the answer is 412 \`version_conflict\` and nothing has changed. A GET with \`If-None-Match\` answers 304 while nothing is new.

## Errors

Every error is a problem document (RFC 9457, \`application/problem+json\`). Programs go by \`code\`; \`type\` is the path of a page that says what to do; \`errors\` names every field at fault by a JSON pointer, under \`/query\` and \`/path\` for those. On 429 and 503, \`Retry-After\` says when to try again.

## How often

Requests are counted by address, by user and by clinic, each class of routes for itself: \`auth\`, \`sign_up\`, \`read\`, \`write\`, \`search\`, \`export\`. \`RateLimit-Policy\` names the limits that count a request, \`RateLimit\` how the nearest of them stands: \`"user-read";r=41;t=17\` leaves 41 requests for the next 17 seconds. Beyond that: 429 \`rate_limited\` with \`Retry-After\`.

## Following a request

\`X-Request-ID\`, up to 128 visible ASCII characters, is taken over or made, and sent back with every answer. Tell it to the operator when something goes wrong.`;

const mark = (role: (typeof roles)[number], permission: Permission): string => {
  const held = permissionsOf(role);
  if (held.has(permission)) return 'yes';
  return opens(held, permission) ? 'own' : '';
};

/** Every permission with the roles that have it; `own` reaches only what is the caller's. */
const permissionTable = (): string => {
  const held = roles.flatMap((role) => [...permissionsOf(role)]);
  const permissions = [
    ...new Set(held.map((permission) => permission.replace(/:own$/, '') as Permission)),
  ].sort();
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(['Permission', ...roles]),
    row(['---', ...roles.map(() => '---')]),
    ...permissions.map((permission) =>
      row([`\`${permission}\``, ...roles.map((role) => mark(role, permission))]),
    ),
  ].join('\n');
};

/** What holds for every route, as Markdown. */
export const apiDescription = (): string => `${conventions}

## Roles

${permissionTable()}
`;
