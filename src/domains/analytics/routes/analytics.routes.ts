import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { AnalyticsController } from '../controllers/analytics.controller.ts';
import { Heatmap } from '../models/heatmap.ts';
import { LeadTime } from '../models/lead-time.ts';
import { NoShows } from '../models/no-shows.ts';
import { ReminderFigures } from '../models/reminder-figures.ts';
import { Summary } from '../models/summary.ts';
import { Utilization } from '../models/utilization.ts';
import { WaitlistFigures } from '../models/waitlist-figures.ts';
import { AskFigures, AskWaitlist } from '../validators/analytics.ts';

const OWN = 'Doctors are told of themselves only.';
const figures = { method: 'get', rateClass: 'search', access: 'analytics:read' } as const;

export const analyticsRoutes = (controller: AnalyticsController): RouteGroup => ({
  tag: 'Analytics',
  base: '/analytics',
  routes: [
    route({
      ...figures,
      access: 'analytics:count',
      path: '/summary',
      summary: 'Count appointments by status, patients new and returning, and the value of services',
      description: `Receptionists are told the counts of days, and neither patients nor values. ${OWN} As a table: one line for each date.`,
      query: AskFigures,
      response: [200, Summary],
      ...controller.summary,
    }),
    route({
      ...figures,
      path: '/utilization',
      summary: 'Compare booked with working time, by doctor, location and week',
      description: `${OWN} As a table: one line for each doctor at a location in a week.`,
      query: AskFigures,
      response: [200, Utilization],
      ...controller.utilization,
    }),
    route({
      ...figures,
      path: '/no-shows',
      summary: 'Tell how many patients did not come, or cancelled late',
      description: `${OWN} As a table: one line for each doctor at a location with a service.`,
      query: AskFigures,
      response: [200, NoShows],
      ...controller.noShows,
    }),
    route({
      ...figures,
      path: '/heatmap',
      summary: 'Count visits by weekday and hour on the clock of the clinic',
      description: OWN,
      query: AskFigures,
      response: [200, Heatmap],
      ...controller.heatmap,
    }),
    route({
      ...figures,
      path: '/lead-time',
      summary: 'Tell how long before their start visits are booked',
      description: `${OWN} As a table: the distribution over days.`,
      query: AskFigures,
      response: [200, LeadTime],
      ...controller.leadTime,
    }),
    route({
      ...figures,
      path: '/waitlist',
      summary: 'Tell how many who wait for a time get one',
      description: OWN,
      query: AskWaitlist,
      response: [200, WaitlistFigures],
      ...controller.waitlist,
    }),
    route({
      ...figures,
      path: '/reminders',
      summary: 'Compare patients who were reminded with those who were not',
      description: OWN,
      query: AskFigures,
      response: [200, ReminderFigures],
      ...controller.reminders,
    }),
  ],
});
