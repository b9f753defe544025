import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { WebhookController } from '../controllers/webhook.controller.ts';
import { webhookProblems } from '../problems.ts';
import { EventPage, ReadEvents } from '../validators/event-feed.ts';

export const eventFeedRoutes = ({ readEvents }: WebhookController): RouteGroup => ({
  tag: 'Events',
  base: '/events',
  routes: [
    route({
      method: 'get',
      path: '/',
      summary: 'Read what has happened in the clinic, in order',
      description:
        'For systems that fetch events at their own pace, or have missed some. Every event has the next number of the clinic’s sequence, so that a reader can tell that none is missing. /docs/events describes them all.',
      access: 'events:read',
      query: ReadEvents,
      response: [200, EventPage],
      problems: [webhookProblems.events_forgotten],
      handle: readEvents,
    }),
  ],
});
