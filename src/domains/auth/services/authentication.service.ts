import { hash } from 'node:crypto';
import type { Database } from '../../../database/db.ts';
import type { Metrics } from '../../../shared/metrics/metrics.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import { lastUsed } from '../../../shared/utils/last-used.ts';
import type { PatientsPort } from '../../patients/index.ts';
import type { Identity } from '../models/identity.ts';
import type { RoleDirectory } from './role-directory.ts';
import type { SessionStandings } from './session-standings.ts';
import type { Claims, TokenSigner } from './token-signer.ts';

export type Authenticate = (accessToken: string) => Promise<Identity>;

const REMEMBERED_TOKENS = 20_000;

type Deps = {
  tokens: TokenSigner;
  standings: SessionStandings;
  roles: RoleDirectory;
  clock: Clock;
  database: Pick<Database, 'read'>;
  patients: Pick<PatientsPort, 'dependantsOf'>;
  metrics: Pick<Metrics, 'cache'>;
};

/**
 * Tells whom an access token speaks for. 401 `unauthenticated`, `token_expired`, or `session_revoked` where session or
 * user have ended since. A signature is checked once; memory holds the hashes of tokens only.
 */
export const createAuthentication = ({
  tokens,
  standings,
  roles,
  clock,
  database,
  patients,
  metrics,
}: Deps): Authenticate => {
  const counts = metrics.cache('tokens');
  const verified = lastUsed<Claims>(REMEMBERED_TOKENS);

  const claimsOf = async (token: string): Promise<Claims> => {
    const key = hash('sha256', token, 'base64');
    const known = verified.get(key);
    if (known && known.expiresAt > clock.now()) {
      counts.hits += 1;
      return known;
    }
    counts.misses += 1;
    verified.delete(key);
    const claims = await tokens.readAccess(token);
    verified.set(key, claims);
    return claims;
  };

  /** Read anew for each request: a guardianship that ends, ends at once. */
  const withDependants = async (identity: Identity): Promise<Identity> => {
    const { tenantId, patientId } = identity;
    if (patientId === undefined) return identity;
    return { ...identity, dependantIds: await patients.dependantsOf(database.read(tenantId), patientId) };
  };

  return async (token) => {
    const { tenantId, sessionId, userId } = await claimsOf(token);
    const standing = await standings.find(tenantId, sessionId);
    if (standing?.userId !== userId) throw new AppError(commonProblems.session_revoked);
    const permissions = await roles.permissionsOf(tenantId, standing);
    return withDependants({ tenantId, sessionId, ...standing, permissions });
  };
};
