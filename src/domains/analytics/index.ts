import type { Database } from '../../database/db.ts';
import type { Reaction } from '../../events/reaction.ts';
import type { Clock } from '../../shared/utils/clock.ts';
import type { Logger } from '../../shared/utils/logger.ts';
import type { RouteGroup } from '../../shared/utils/route.ts';
import { createAnalyticsController } from './controllers/analytics.controller.ts';
import type { EventsOf } from './services/rebuilds.ts';
import { type HappenedEvent, isKept } from './models/source-event.ts';
import { analyticsRoutes } from './routes/analytics.routes.ts';
import { createCollector } from './services/collector.ts';
import { createFigures } from './services/figures.service.ts';
import { createProjector } from './services/projector.ts';
import { createRebuilds, type RebuildProgress } from './services/rebuilds.ts';

export { loadUntoldEvents } from './services/bulk-load.ts';
export type { RebuildProgress } from './services/rebuilds.ts';

export type AnalyticsDeps = {
  database: Database;
  clock: Clock;
  logger: Logger;
  /** The zone of a clinic; nothing of one that is gone. The one thing that events may not have said. */
  timezoneOf: (tenantId: string) => Promise<string | undefined>;
  /** What has happened in a clinic, as far as it is kept. */
  eventsOf: EventsOf;
  /** Makes whoever keeps the hours of doctors tell them by events, without those of doctors who are known. */
  announceHours: (tenantId: string, known: ReadonlySet<string>) => Promise<void>;
};

/** Figures, made from events alone. `sweep` is to be called every second. */
export type Analytics = {
  readonly collector: Reaction<HappenedEvent>;
  sweep(): Promise<void>;
  stop(): void;
  /** Makes the figures of a clinic anew from its events, while they go on to be read and events to be taken. */
  rebuild(tenantId: string, onProgress: (progress: RebuildProgress) => void): Promise<void>;
};

export const createAnalytics = (deps: AnalyticsDeps): { routes: RouteGroup[]; analytics: Analytics } => {
  const collect = createCollector(deps);
  const projector = createProjector(deps);
  const { rebuild } = createRebuilds({ ...deps, projector, collect });
  return {
    routes: [analyticsRoutes(createAnalyticsController(createFigures(deps)))],
    analytics: {
      collector: { concerns: isKept, handle: collect },
      sweep: projector.sweep,
      stop: projector.stop,
      rebuild,
    },
  };
};
