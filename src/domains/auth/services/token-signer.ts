import { createSecretKey } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Role } from '../../../shared/config/permissions.ts';
import { Id, newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import { ACCESS_TOKEN_SECONDS, type Tokens } from '../models/tokens.ts';

const ISSUER = 'doctor-appointment-saas';
const ALGORITHM = 'HS256';

/** Header type and audience differ, so that neither can serve as the other even where both secrets are the same. */
const ACCESS = { typ: 'at+jwt', audience: 'api' } as const;
const REFRESH = { typ: 'rt+jwt', audience: 'refresh' } as const;
type Kind = typeof ACCESS | typeof REFRESH;

const SessionClaims = z.object({ sub: Id, tid: Id, sid: Id, jti: Id, exp: z.int() });
type SessionClaims = z.output<typeof SessionClaims>;

/** Whom tokens are for; `refreshId` becomes the `jti` of the refresh token, `refreshUntil` its end. */
export type Bearer = {
  readonly tenantId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly role: Role;
  readonly refreshId: string;
  readonly refreshUntil: Date;
};
export type Claims = {
  readonly tenantId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly tokenId: string;
  readonly expiresAt: Date;
};

export type TokenSigner = {
  issue(bearer: Bearer): Promise<Tokens>;
  /** 401 `token_expired`, or 401 `unauthenticated` for whatever is no access token of ours. */
  readAccess(token: string): Promise<Claims>;
  /** The same for refresh tokens; `tokenId` is the `refreshId`. */
  readRefresh(token: string): Promise<Claims>;
};

const refusal = (error: unknown): AppError =>
  new AppError(
    error instanceof errors.JWTExpired ? commonProblems.token_expired : commonProblems.unauthenticated,
    undefined,
    { cause: error },
  );

const toClaims = ({ sub, tid, sid, jti, exp }: SessionClaims): Claims => ({
  tenantId: tid,
  userId: sub,
  sessionId: sid,
  tokenId: jti,
  expiresAt: new Date(exp * 1000),
});

type Deps = {
  config: { readonly jwt: { readonly accessSecret: string; readonly refreshSecret: string } };
  clock: Clock;
};

/** JWT (RFC 7519) signed with HS256 by the two secrets; no other algorithm is read. */
export const createTokenSigner = ({ config: { jwt }, clock }: Deps): TokenSigner => {
  const accessKey = createSecretKey(jwt.accessSecret, 'utf8');
  const refreshKey = createSecretKey(jwt.refreshSecret, 'utf8');

  const sign = (kind: Kind, key: typeof accessKey, bearer: Bearer, jti: string, until: Date, role?: Role) =>
    new SignJWT({ tid: bearer.tenantId, sid: bearer.sessionId, ...(role && { role }) })
      .setProtectedHeader({ alg: ALGORITHM, typ: kind.typ })
      .setIssuer(ISSUER)
      .setAudience(kind.audience)
      .setSubject(bearer.userId)
      .setJti(jti)
      .setIssuedAt(clock.now())
      .setExpirationTime(until)
      .sign(key);

  const read = async (kind: Kind, key: typeof accessKey, token: string): Promise<Claims> => {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: kind.audience,
        typ: kind.typ,
        currentDate: clock.now(),
      });
      return toClaims(SessionClaims.parse(payload));
    } catch (error) {
      throw refusal(error);
    }
  };

  return {
    issue: async (bearer) => {
      const accessUntil = new Date(clock.now().getTime() + ACCESS_TOKEN_SECONDS * 1000);
      const [accessToken, refreshToken] = await Promise.all([
        sign(ACCESS, accessKey, bearer, newId(), accessUntil, bearer.role),
        sign(REFRESH, refreshKey, bearer, bearer.refreshId, bearer.refreshUntil),
      ]);
      return { accessToken, refreshToken, tokenType: 'Bearer', expiresIn: ACCESS_TOKEN_SECONDS };
    },
    readAccess: (token) => read(ACCESS, accessKey, token),
    readRefresh: (token) => read(REFRESH, refreshKey, token),
  };
};
