import { hash } from 'node:crypto';
import { endingsOfSessions, type Identity } from '../domains/auth/index.ts';
import { tenantChanges } from '../domains/tenants/index.ts';
import type { Infrastructure } from '../infrastructure.ts';
import { AppError, commonProblems } from '../shared/utils/errors.ts';
import { lastUsed } from '../shared/utils/last-used.ts';
import { createShortMemory } from '../shared/utils/short-memory.ts';

const CHECKED_EVERY_MS = 2_000;
const REMEMBERED = 20_000;

type Authenticate = (token: string) => Promise<Identity>;
type Deps = Pick<Infrastructure, 'broadcast' | 'clock' | 'metrics'>;

/**
 * What changes at once is asked each time: whom a patient acts for, what a clinic's own role may do, a key that is taken back,
 * what an account lacks, a profile that is still to come.
 */
const mayRemember = ({ role, roleId, apiKeyId, lacks, doctorId }: Identity): boolean =>
  roleId === undefined &&
  apiKeyId === undefined &&
  lacks === undefined &&
  role !== 'patient' &&
  (role !== 'doctor' || doctorId !== undefined);

/** Tells whom a token speaks for by asking the process that knows, at most every two seconds; an end is heard of at once. */
export const createRemoteAuthentication = (
  { broadcast, clock, metrics }: Deps,
  ask: Authenticate,
): Authenticate => {
  const memory = createShortMemory<Identity>({
    clock,
    forMs: CHECKED_EVERY_MS,
    max: REMEMBERED,
    keeps: mayRemember,
    counts: metrics.cache('identities'),
  });
  const ended = lastUsed<true>(REMEMBERED);
  broadcast.listen(endingsOfSessions, ({ sessionIds }) => {
    for (const id of sessionIds) ended.set(id, true);
  });
  /** What a clinic asks of its accounts holds at once: after any change of a clinic everybody is asked about anew. */
  let edition = 0;
  broadcast.listen(tenantChanges, () => {
    edition += 1;
  });

  return async (token) => {
    const key = `${edition}:${hash('sha256', token, 'base64')}`;
    const identity = await memory.get(key, () => ask(token));
    if (ended.has(identity.sessionId)) throw new AppError(commonProblems.session_revoked);
    return identity;
  };
};
