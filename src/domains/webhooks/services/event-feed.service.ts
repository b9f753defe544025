import type { Database } from '../../../database/db.ts';
import { findLastSequence, findOldestSequence, listEvents } from '../../../database/event-log.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { EventCatalogue } from '../../../shared/utils/event-catalogue.ts';
import { publicEventOf, type PublicEvent } from '../models/public-event.ts';
import { webhookProblems } from '../problems.ts';
import type { ReadEvents } from '../validators/event-feed.ts';

type EventFeedDeps = { database: Database; eventCatalogue: EventCatalogue };
export type EventFeed = ReturnType<typeof createEventFeed>;

/** The events of a clinic, for whoever wants to read them at their own pace, or has missed some. */
export const createEventFeed = ({ database, eventCatalogue }: EventFeedDeps) => ({
  /** The events behind the place `after`. 410 where events behind it are not kept any more. */
  read: async (
    ctx: Ctx,
    { after, limit, type }: ReadEvents,
  ): Promise<{ data: PublicEvent[]; next: number; lastSequence: number }> => {
    const db = database.read(ctx.tenantId);
    const lastSequence = await findLastSequence(db);
    const oldest = (await findOldestSequence(db)) ?? lastSequence + 1;
    if (after + 1 < oldest) {
      throw new AppError(
        webhookProblems.events_forgotten,
        `The oldest event that is kept has the sequence ${oldest}.`,
        {
          extensions: { oldestSequence: oldest, lastSequence },
        },
      );
    }
    const events = await listEvents(db, { after, limit });
    const wanted = type === undefined ? events : events.filter((event) => type.includes(event.type));
    return {
      data: wanted.map((event) => publicEventOf(eventCatalogue, ctx.tenantId, event)),
      next: events.at(-1)?.sequence ?? after,
      lastSequence,
    };
  },
});
