import { createHmac, hkdfSync } from 'node:crypto';
import { seal, unseal } from '../../../shared/utils/sealing.ts';

/** Keeps what a second factor is proved with, so that a dump of the database shows none of it. */
export const createFactorVault = (secret: string) => {
  const keyFor = (use: string, tenantId: string, userId: string) =>
    Buffer.from(hkdfSync('sha256', secret, tenantId, `${use}:${userId}`, 32));
  return {
    seal: (tenantId: string, userId: string, totpSecret: string): Buffer =>
      seal(keyFor('totp', tenantId, userId), totpSecret),
    /** Nothing after the installation's secret has changed. */
    open: (tenantId: string, userId: string, sealed: Buffer): string | undefined =>
      unseal(keyFor('totp', tenantId, userId), sealed),
    hashOf: (tenantId: string, userId: string, recoveryCode: string): Buffer =>
      createHmac('sha256', keyFor('recovery-code', tenantId, userId))
        .update(recoveryCode)
        .digest(),
  };
};
export type FactorVault = ReturnType<typeof createFactorVault>;
