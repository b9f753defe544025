import type { Database } from '../../../database/db.ts';
import type { MasterKeys } from '../../../shared/crypto/master-keys.ts';
import { PLATFORM } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { type Anchor, type Head, newAnchor } from '../models/anchor.ts';
import type { Batch } from '../models/batch.ts';
import type { Fault, Verification } from '../models/verification.ts';
import { listRows } from '../repositories/audit-log.repository.ts';
import { findLastBatch, listTenantsWithBatches } from '../repositories/batch.repository.ts';
import type { Sealer } from './sealer.ts';
import type { Verifier } from './verifier.ts';

export type AnchorDeps = {
  database: Database;
  clock: Clock;
  config: { readonly masterKeys: MasterKeys };
  sealer: Sealer;
  verifier: Verifier;
};
export type AnchorService = ReturnType<typeof createAnchorService>;

const notAsAnchored = (batch: number, detail: string): Fault => ({ batch, kind: 'not_as_anchored', detail });

/** Anchors the chains outside of the database, and holds them against what was anchored. */
export const createAnchorService = ({ database, clock, config, sealer, verifier }: AnchorDeps) => {
  const headOf = async (tenantId: string): Promise<Head[]> => {
    const last = await findLastBatch(database.read(tenantId));
    return last ? [{ tenantId, batch: last.number, hash: last.hash.toString('hex') }] : [];
  };

  /** That a clinic was deleted stands in the trail of the platform. */
  const wasDeleted = async (tenantId: string): Promise<boolean> => {
    const filter = { action: 'tenant.deleted', resourceType: 'tenant', resourceId: tenantId };
    return (await listRows(database.read(PLATFORM), filter, { after: undefined, limit: 1 })).length > 0;
  };

  return {
    tenants: (): Promise<string[]> => listTenantsWithBatches(database.system),

    /** Seals what waits, and signs the last batch of each of `tenantIds`. */
    anchor: async (tenantIds: readonly string[]): Promise<Anchor> => {
      const heads: Head[] = [];
      for (const tenantId of tenantIds) {
        await sealer.sealTenant(tenantId);
        heads.push(...(await headOf(tenantId)));
      }
      return newAnchor(config.masterKeys, heads, clock.now());
    },

    /** Whether a chain is whole, and still has what the anchors say of it. */
    verify: async (tenantId: string, anchors: readonly Anchor[]): Promise<Verification> => {
      const heads = anchors.flatMap(({ heads: all }) => all).filter((head) => head.tenantId === tenantId);
      const verification = await verifier.verify(tenantId, (batch: Batch) =>
        heads.some((head) => head.batch === batch.number && head.hash !== batch.hash.toString('hex'))
          ? notAsAnchored(batch.number, 'The batch, or one before it, was made anew after it was anchored.')
          : undefined,
      );
      const missing = heads
        .filter(({ batch }) => batch > (verification.head?.batch ?? 0))
        .toSorted((a, b) => a.batch - b.batch)[0];
      if (verification.fault || !missing || (await wasDeleted(tenantId))) return verification;
      const fault = notAsAnchored(missing.batch, 'The batch was anchored, and is gone.');
      return { ...verification, valid: false, fault };
    },
  };
};
