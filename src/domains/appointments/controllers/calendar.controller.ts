import type { Ctx, RequestCtx } from '../../../shared/types/context.ts';
import type { PageQuery } from '../../../shared/types/page.ts';
import type { CalendarFeedService } from '../services/calendar-feed.service.ts';
import type { CalendarReading } from '../services/calendar-reading.service.ts';
import type { CreateCalendarFeed } from '../validators/calendar-feed.ts';

type One = { params: { id: string } };

export const createCalendarController = (feeds: CalendarFeedService, calendars: CalendarReading) => ({
  ofAppointment: (ctx: Ctx, { params }: One) => calendars.ofAppointment(ctx, params.id),
  ofSecret: (_ctx: RequestCtx, { params }: { params: { secret: string } }) =>
    calendars.ofSecret(params.secret),
  createFeed: (ctx: Ctx, { body }: { body: CreateCalendarFeed }) => feeds.create(ctx, body),
  listFeeds: (ctx: Ctx, { query }: { query: PageQuery }) => feeds.list(ctx, query),
  getFeed: (ctx: Ctx, { params }: One) => feeds.get(ctx, params.id),
  revokeFeed: (ctx: Ctx, { params }: One) => feeds.revoke(ctx, params.id),
});
export type CalendarController = ReturnType<typeof createCalendarController>;
