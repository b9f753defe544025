import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

/** Something in the life of a record. A visit stands at its start, so that one to come stands before today. */
export const TimelineEntry = z
  .object({
    id: Id,
    kind: z.enum(['appointment', 'note', 'change']),
    occurredAt: Instant,
    /** The status of a visit or note; what was done to the record. */
    action: z.string().meta({ example: 'confirmed' }),
    /** Who did it; for a visit, null. */
    actorId: Id.nullable(),
    doctorId: Id.nullable(),
    serviceId: Id.nullable(),
    /** Names of the fields that a change touched. */
    fields: z.array(z.string()),
  })
  .meta({ id: 'TimelineEntry' });
export type TimelineEntry = z.output<typeof TimelineEntry>;

/** A time (epoch milliseconds), then an id: later entries come first. */
export const TimelinePosition = z.tuple([z.int(), Id]);

export type TimelinePage = {
  readonly before: readonly [occurredAt: number, id: string] | undefined;
  readonly limit: number;
};

const isLater = (a: TimelineEntry, b: TimelineEntry): number =>
  b.occurredAt.getTime() - a.occurredAt.getTime() || (a.id < b.id ? 1 : -1);

/** The first of several lists, each of which has its own first `limit`. */
export const latestOf = (lists: readonly (readonly TimelineEntry[])[], limit: number): TimelineEntry[] =>
  lists.flat().sort(isLater).slice(0, limit);
