import type { Ctx } from '../../../shared/types/context.ts';
import type { TextStream } from '../../../shared/types/file.ts';
import { type CsvRows, csvLines } from '../../../shared/utils/csv.ts';
import type { Period } from '../models/period.ts';
import type { Figures } from '../services/figures.service.ts';

type Input<Query> = { readonly query: Query };
type Table = { readonly columns: readonly string[]; readonly rows: CsvRows };

/** A figure as the router takes it: in JSON, and as a table in a file that is named after it. */
const inBothForms = <Query extends Period, Answer>(
  name: string,
  ask: (ctx: Ctx, query: Query) => Promise<{ readonly answer: Answer; readonly table: Table }>,
) => ({
  handle: async (ctx: Ctx, { query }: Input<Query>): Promise<Answer> => (await ask(ctx, query)).answer,
  streams: {
    'text/csv': async (ctx: Ctx, { query }: Input<Query>): Promise<TextStream> => {
      const { columns, rows } = (await ask(ctx, query)).table;
      return { name: `${name}-${query.from}-${query.to}.csv`, chunks: csvLines(columns, rows) };
    },
  },
});

export const createAnalyticsController = (figures: Figures) => ({
  summary: inBothForms('summary', figures.summary),
  utilization: inBothForms('utilization', figures.utilization),
  noShows: inBothForms('no-shows', figures.noShows),
  heatmap: inBothForms('heatmap', figures.heatmap),
  leadTime: inBothForms('lead-time', figures.leadTime),
  waitlist: inBothForms('waitlist', figures.waitlist),
  reminders: inBothForms('reminders', figures.reminders),
});
export type AnalyticsController = ReturnType<typeof createAnalyticsController>;
