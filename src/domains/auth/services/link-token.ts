import { hkdfSync, timingSafeEqual } from 'node:crypto';
import { bin, uuidOf } from '../../../database/sql.ts';

const ID_BYTES = 16;
const PROOF_BYTES = 32;

/** Which link a token opens. */
export type LinkName = { readonly tenantId: string; readonly linkId: string };

/**
 * The secret words of links. A token names its clinic and its link, and proves with a word that is derived (HKDF, RFC
 * 5869) from the installation's secret that we made it. It stands in no table and no event, and can be written again.
 */
export const createLinkTokens = (secret: string) => {
  const proofOf = ({ tenantId, linkId }: LinkName): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, tenantId, `account-link:${linkId}`, PROOF_BYTES));
  return {
    tokenOf: (name: LinkName): string =>
      Buffer.concat([bin(name.tenantId), bin(name.linkId), proofOf(name)]).toString('base64url'),
    /** Nothing for whatever we have not made. */
    read: (token: string): LinkName | undefined => {
      const bytes = Buffer.from(token, 'base64url');
      if (bytes.length !== 2 * ID_BYTES + PROOF_BYTES) return undefined;
      const name = {
        tenantId: uuidOf(bytes.subarray(0, ID_BYTES)),
        linkId: uuidOf(bytes.subarray(ID_BYTES, 2 * ID_BYTES)),
      };
      return timingSafeEqual(bytes.subarray(2 * ID_BYTES), proofOf(name)) ? name : undefined;
    },
  };
};
export type LinkTokens = ReturnType<typeof createLinkTokens>;
