import { hkdfSync, timingSafeEqual } from 'node:crypto';

const TOKEN_BYTES = 32;

/**
 * The secret word of each offer. It is derived (HKDF, RFC 5869) from the installation's secret, so that it stands in no
 * table and no event, and can still be given to the patient again. It is good for one use because an offer is.
 */
export const createOfferTokens = (secret: string) => {
  const tokenOf = (tenantId: string, offerId: string): string =>
    Buffer.from(hkdfSync('sha256', secret, tenantId, `waitlist-offer:${offerId}`, TOKEN_BYTES)).toString(
      'base64url',
    );
  return {
    tokenOf,
    isRight: (tenantId: string, offerId: string, given: string): boolean => {
      const [right, offered] = [Buffer.from(tokenOf(tenantId, offerId)), Buffer.from(given)];
      return right.length === offered.length && timingSafeEqual(right, offered);
    },
  };
};
export type OfferTokens = ReturnType<typeof createOfferTokens>;
