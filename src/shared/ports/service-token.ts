import { createSecretKey } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import type { Service } from '../config/services.ts';
import type { Clock } from '../utils/clock.ts';

const ALGORITHM = 'HS256';
const ISSUER = 'service';
const VALID_SECONDS = 60;
/** Signed anew long before it ends: clocks of two machines are never quite the same. */
const KEPT_MS = 20_000;

/** By what services know each other: a token for one service alone, valid for a minute. */
export type ServiceTokens = {
  tokenFor(service: Service): Promise<string>;
  /** Whether the token was made for one of `services`, by somebody who knows the secret. */
  isFor(services: readonly Service[], token: string): Promise<boolean>;
};

export const createServiceTokens = (secret: string, clock: Clock): ServiceTokens => {
  const key = createSecretKey(Buffer.from(secret));
  const kept = new Map<Service, { readonly token: string; readonly madeAt: number }>();
  return {
    tokenFor: async (service) => {
      const now = clock.now().getTime();
      const known = kept.get(service);
      if (known && Math.abs(now - known.madeAt) < KEPT_MS) return known.token;
      const seconds = Math.floor(now / 1_000);
      const token = await new SignJWT()
        .setProtectedHeader({ alg: ALGORITHM })
        .setIssuer(ISSUER)
        .setAudience(service)
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + VALID_SECONDS)
        .sign(key);
      kept.set(service, { token, madeAt: now });
      return token;
    },

    isFor: async (services, token) => {
      try {
        await jwtVerify(token, key, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: [...services],
          requiredClaims: ['exp'],
          clockTolerance: 10,
          currentDate: clock.now(),
        });
        return true;
      } catch {
        return false;
      }
    },
  };
};
