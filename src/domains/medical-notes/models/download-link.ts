import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';

const LINK_MS = 5 * 60_000;
const MAC_BYTES = 32;

/** What a link opens, and for whom it was made. */
const Link = z.tuple([Id, Id, Id, z.int()]);
export type DownloadLink = {
  readonly tenantId: string;
  readonly attachmentId: string;
  readonly userId: string;
  readonly expiresAt: Date;
};

/** Signed addresses (HMAC-SHA-256 under a key of the installation): nothing is stored of them, and none can be made up. */
export const createDownloadLinks = (secret: string) => {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'download links', MAC_BYTES));
  const macOf = (text: string) => createHmac('sha256', key).update(text).digest();

  return {
    expiryFrom: (now: Date): Date => new Date(now.getTime() + LINK_MS),

    secretOf: ({ tenantId, attachmentId, userId, expiresAt }: DownloadLink): string => {
      const text = JSON.stringify([tenantId, attachmentId, userId, expiresAt.getTime()]);
      return Buffer.concat([macOf(text), Buffer.from(text)]).toString('base64url');
    },

    /** What the secret opens; nothing for one that was not made here. Whether it has expired is another question. */
    read: (secretText: string): DownloadLink | undefined => {
      const bytes = Buffer.from(secretText, 'base64url');
      const [mac, text] = [bytes.subarray(0, MAC_BYTES), bytes.subarray(MAC_BYTES).toString()];
      const right = macOf(text);
      if (mac.length !== right.length || !timingSafeEqual(mac, right)) return undefined;
      const [tenantId, attachmentId, userId, expiresAt] = Link.parse(JSON.parse(text));
      return { tenantId, attachmentId, userId, expiresAt: new Date(expiresAt) };
    },
  };
};
export type DownloadLinks = ReturnType<typeof createDownloadLinks>;
