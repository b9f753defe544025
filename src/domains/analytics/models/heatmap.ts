import { z } from 'zod';
import { Count, ZonedPeriod } from './period.ts';

const Cell = z.object({
  dayOfWeek: z.int().min(1).max(7).meta({ description: '1 = Monday … 7 = Sunday (ISO 8601)' }),
  hour: z.int().min(0).max(23).meta({ description: 'In which visits start, on the clock of the clinic' }),
  appointments: Count.meta({ description: 'Without cancelled ones' }),
  noShows: Count,
});

export const Heatmap = z
  .object({
    ...ZonedPeriod.shape,
    cells: z.array(Cell).meta({ description: 'Hours in which no visit starts are left out' }),
  })
  .meta({ id: 'AnalyticsHeatmap' });
export type Heatmap = z.output<typeof Heatmap>;
export type HeatmapCell = z.output<typeof Cell>;

export const heatmapTable = ({ cells }: Heatmap) => ({
  columns: ['dayOfWeek', 'hour', 'appointments', 'noShows'],
  rows: cells.map(({ dayOfWeek, hour, appointments, noShows }) => [dayOfWeek, hour, appointments, noShows]),
});
