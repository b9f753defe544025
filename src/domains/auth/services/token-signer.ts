import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Config } from '../../../shared/config/config.ts';
import type { Role } from '../../../shared/config/permissions.ts';
import { Id, newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import { ACCESS_TOKEN_SECONDS, MFA_TOKEN_SECONDS, type Tokens } from '../models/tokens.ts';
import { createSigningKeys, type SigningKeys } from './signing-keys.ts';

const ISSUER = 'doctor-appointment-saas';

/** Header type and audience differ, so that none can serve as another even where their secrets are the same. */
const ACCESS = { typ: 'at+jwt', audience: 'api' } as const;
const REFRESH = { typ: 'rt+jwt', audience: 'refresh' } as const;
const MFA = { typ: 'mfa+jwt', audience: 'mfa' } as const;
type Kind = typeof ACCESS | typeof REFRESH | typeof MFA;

const SessionClaims = z.object({ sub: Id, tid: Id, sid: Id, jti: Id, exp: z.int() });
type SessionClaims = z.output<typeof SessionClaims>;
const MfaClaims = z.object({ sub: Id, tid: Id, pwd: z.string() });

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

/** Whose password was right; `passwordMark` tells whether it is still the same. */
export type HalfLogin = {
  readonly tenantId: string;
  readonly userId: string;
  readonly passwordMark: string;
};

export type TokenSigner = {
  issue(bearer: Bearer): Promise<Tokens>;
  /** 401 `token_expired`, or 401 `unauthenticated` for whatever is no access token of ours. */
  readAccess(token: string): Promise<Claims>;
  /** The same for refresh tokens; `tokenId` is the `refreshId`. */
  readRefresh(token: string): Promise<Claims>;
  /** A token that is good for five minutes, for nothing but the second factor. */
  issueMfa(login: HalfLogin): Promise<string>;
  readMfa(token: string): Promise<HalfLogin>;
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

type Deps = { config: Pick<Config, 'jwt'>; clock: Clock };

/** JWT (RFC 7519), signed by the secret of its kind or by a key pair; see {@link createSigningKeys}. */
export const createTokenSigner = ({ config: { jwt }, clock }: Deps): TokenSigner => {
  const accessKeys = createSigningKeys(jwt.accessSecret, jwt.keys);
  const refreshKeys = createSigningKeys(jwt.refreshSecret, jwt.keys);

  const sign = (kind: Kind, { signing }: SigningKeys, userId: string, claims: JWTPayload, until: Date) =>
    new SignJWT(claims)
      .setProtectedHeader({ ...signing.header, typ: kind.typ })
      .setIssuer(ISSUER)
      .setAudience(kind.audience)
      .setSubject(userId)
      .setIssuedAt(clock.now())
      .setExpirationTime(until)
      .sign(signing.key);

  const read = async <Shape extends z.ZodType>(
    kind: Kind,
    { keyFor }: SigningKeys,
    token: string,
    shape: Shape,
  ): Promise<z.output<Shape>> => {
    try {
      const { payload } = await jwtVerify(token, keyFor, {
        algorithms: ['HS256', 'EdDSA'],
        issuer: ISSUER,
        audience: kind.audience,
        typ: kind.typ,
        currentDate: clock.now(),
      });
      return shape.parse(payload);
    } catch (error) {
      throw refusal(error);
    }
  };

  const after = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000);

  return {
    issue: async ({ tenantId, userId, sessionId, role, refreshId, refreshUntil }) => {
      const session = { tid: tenantId, sid: sessionId };
      const access = { ...session, role, jti: newId() };
      const [accessToken, refreshToken] = await Promise.all([
        sign(ACCESS, accessKeys, userId, access, after(ACCESS_TOKEN_SECONDS)),
        sign(REFRESH, refreshKeys, userId, { ...session, jti: refreshId }, refreshUntil),
      ]);
      return { accessToken, refreshToken, tokenType: 'Bearer', expiresIn: ACCESS_TOKEN_SECONDS };
    },
    readAccess: async (token) => toClaims(await read(ACCESS, accessKeys, token, SessionClaims)),
    readRefresh: async (token) => toClaims(await read(REFRESH, refreshKeys, token, SessionClaims)),
    issueMfa: ({ tenantId, userId, passwordMark }) =>
      sign(MFA, refreshKeys, userId, { tid: tenantId, pwd: passwordMark }, after(MFA_TOKEN_SECONDS)),
    readMfa: async (token) => {
      const { tid, sub, pwd } = await read(MFA, refreshKeys, token, MfaClaims);
      return { tenantId: tid, userId: sub, passwordMark: pwd };
    },
  };
};
