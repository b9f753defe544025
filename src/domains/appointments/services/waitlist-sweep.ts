import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, SystemDb, Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import { nextVersion } from '../../../shared/utils/versions.ts';
import { hasExpired, holdExpired } from '../models/hold.ts';
import { entryClosed } from '../models/waitlist-events.ts';
import {
  findHoldToAnnounce,
  listUnannouncedHolds,
  markExpiryAnnounced,
} from '../repositories/hold.repository.ts';
import {
  type Due,
  listEntriesWithExpiredOffer,
  listLapsedEntries,
  lockIfIdle,
} from '../repositories/waitlist-offer.repository.ts';
import { findEntry, updateEntry } from '../repositories/waitlist.repository.ts';
import type { Acting } from './journal.ts';
import { byItself, type WaitlistOffers } from './waitlist-offers.ts';

export type SweepDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  logger: Logger;
  offers: WaitlistOffers;
};

const AT_ONCE = 200;

type Kind = {
  readonly due: (db: SystemDb, now: Date, limit: number) => Promise<Due[]>;
  /** Looks again under a lock; does nothing where it is not due any more, or where another process is at it. */
  readonly end: (tx: Tx, acting: Acting, id: string) => Promise<void>;
};

/** Ends what time has ended. Any number of processes may do so at once. */
export const createWaitlistSweep = ({ database, audit, outbox, clock, logger, offers }: SweepDeps) => {
  const expiredOffers: Kind = {
    due: listEntriesWithExpiredOffer,
    end: async (tx, acting, id) => {
      const entry = (await lockIfIdle(tx, id)) ? await findEntry(tx, id) : undefined;
      if (entry?.offer && entry.offer.expiresAt <= clock.now()) {
        await offers.end(tx, acting, entry, 'expired');
      }
    },
  };

  /** The row stays, so that its owner is told that it has expired. */
  const expiredHolds: Kind = {
    due: listUnannouncedHolds,
    end: async (tx, acting, id) => {
      const hold = await findHoldToAnnounce(tx, id);
      if (!hold || !hasExpired(hold, clock.now())) return;
      await markExpiryAnnounced(tx, id);
      await outbox.publish(tx, acting, holdExpired(hold));
    },
  };

  const lapsedEntries: Kind = {
    due: listLapsedEntries,
    end: async (tx, acting, id) => {
      const entry = (await lockIfIdle(tx, id)) ? await findEntry(tx, id) : undefined;
      const now = clock.now();
      if (entry?.status !== 'waiting' || entry.latest > now) return;
      const after = nextVersion(entry, { status: 'expired' }, now);
      await updateEntry(tx, after);
      await outbox.publish(tx, acting, entryClosed(after));
      await audit.record(tx, acting, {
        action: 'waitlist.expired',
        resourceType: 'waitlist_entry',
        resourceId: id,
      });
    },
  };

  const sweep = async ({ due, end }: Kind): Promise<void> => {
    for (const { tenantId, id } of await due(database.system, clock.now(), AT_ONCE)) {
      try {
        await database.transaction({ tenantId }, (tx) => end(tx, byItself(tenantId, newId()), id));
      } catch (error) {
        logger.warn(
          { err: error, tenantId, id },
          'What has expired could not be ended; it will be tried again',
        );
      }
    }
  };

  return {
    /** One round: expired offers first, since their holds have expired with them. */
    sweep: async (): Promise<void> => {
      for (const kind of [expiredOffers, expiredHolds, lapsedEntries]) await sweep(kind);
    },
  };
};
