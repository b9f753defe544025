import { z } from 'zod';
import { type Permission, roles } from '../../shared/config/permissions.ts';
import { Id } from '../../shared/types/id.ts';

/** What is known of a request, from one process to another. An idempotency key stays where it was taken. */
export const RequestCtx = z.object({ requestId: z.string(), address: z.string(), userAgent: z.string() });

const Permissions = z.codec(
  z.array(z.string()),
  z.custom<ReadonlySet<Permission>>((value) => value instanceof Set),
  { decode: (names) => new Set(names as Permission[]), encode: (permissions) => [...permissions] },
);

const identity = {
  tenantId: Id,
  userId: Id,
  sessionId: Id,
  apiKeyId: Id.exactOptional(),
  role: z.enum(roles),
  roleId: Id.exactOptional(),
  permissions: Permissions,
  doctorId: Id.exactOptional(),
  patientId: Id.exactOptional(),
  dependantIds: z.array(Id).readonly().exactOptional(),
};

/** Whom a token speaks for. */
export const Identity = z.object({
  ...identity,
  lacks: z.enum(['email_not_verified', 'mfa_setup_required']).exactOptional(),
});

/** Who is asking. */
export const Ctx = RequestCtx.extend(identity);

/** For whom something is removed for good. */
export const Actor = RequestCtx.extend({
  tenantId: Id,
  userId: Id,
  role: z.enum(roles).exactOptional(),
});

/** Names by ids. */
export const Names = z.codec(
  z.array(z.tuple([Id, z.string()])),
  z.custom<ReadonlyMap<string, string>>((value) => value instanceof Map),
  { decode: (pairs) => new Map(pairs), encode: (names) => [...names] },
);

export const Nothing = z.null();
