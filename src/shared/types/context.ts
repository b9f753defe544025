import type { Permission, Role } from '../config/permissions.ts';
import type { IdempotencyKey } from './idempotency.ts';

/** What is known of every request. Each wider context is made once, before the handler, and passed by hand: first argument, always. */
export type RequestCtx = {
  readonly requestId: string;
  readonly address: string;
  readonly userAgent: string;
  readonly idempotency?: IdempotencyKey;
};

/** A request that names its tenant. */
export type TenantCtx = RequestCtx & { readonly tenantId: string };

/** Who is asking, for which tenant. */
export type Ctx = TenantCtx & {
  readonly userId: string;
  /** The session that speaks; where it is an API key, the key. */
  readonly sessionId: string;
  /** The key by which a program acts for the user who made it. */
  readonly apiKeyId?: string;
  readonly role: Role;
  /** The clinic's own role that says what the user may do, in place of `role`. */
  readonly roleId?: string;
  readonly permissions: ReadonlySet<Permission>;
  /** The profile that the user is, where the role has one. */
  readonly doctorId?: string;
  readonly patientId?: string;
  /** The patients for whom a patient acts as guardian. */
  readonly dependantIds?: readonly string[];
};

/** The records that are a patient's own: theirs, and those of whom they are guardian. */
export const ownPatientIds = ({
  patientId,
  dependantIds = [],
}: Pick<Ctx, 'patientId' | 'dependantIds'>): string[] =>
  patientId === undefined ? [] : [patientId, ...dependantIds];
