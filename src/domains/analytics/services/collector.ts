import type { Tx } from '../../../database/db.ts';
import { type HappenedEvent, sourceEventOf } from '../models/source-event.ts';
import { insertSourceEvents } from '../repositories/source-event.repository.ts';

export type CollectorDeps = {
  /** The zone of a clinic; nothing of one that is gone. */
  timezoneOf: (tenantId: string) => Promise<string | undefined>;
};

/**
 * Keeps what figures need of an event, in the transaction that takes the event; it is put into the figures a moment
 * later. An event that was still on its way when its clinic was deleted leaves nothing.
 */
export const createCollector =
  ({ timezoneOf }: CollectorDeps) =>
  async (tx: Tx, happened: HappenedEvent): Promise<void> => {
    const event = sourceEventOf(happened);
    if (!event || (await timezoneOf(tx.tenantId)) === undefined) return;
    insertSourceEvents(tx, [event]);
  };
