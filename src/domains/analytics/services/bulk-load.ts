import type { Tx } from '../../../database/db.ts';
import { newId } from '../../../shared/types/id.ts';
import { type HappenedEvent, sourceEventOf } from '../models/source-event.ts';
import { insertSourceEvents } from '../repositories/source-event.repository.ts';

/**
 * Keeps what figures need of events that nobody was told of, as if they had come: the sweep of any server puts them into
 * the figures, and making figures anew counts them as well. Some thousand at a time.
 */
export const loadUntoldEvents = (tx: Tx, untold: readonly Omit<HappenedEvent, 'id' | 'tenantId'>[]): void => {
  const events = untold.flatMap(
    (event) => sourceEventOf({ ...event, id: newId(), tenantId: tx.tenantId }) ?? [],
  );
  if (events.length > 0) insertSourceEvents(tx, events);
};
