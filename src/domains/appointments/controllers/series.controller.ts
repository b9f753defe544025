import type { Ctx } from '../../../shared/types/context.ts';
import type { SeriesMoveService } from '../services/series-move.service.ts';
import type { SeriesService } from '../services/series.service.ts';
import type { CancelAppointment } from '../validators/appointment.ts';
import type { BookSeries, CancelSeriesFrom, ListSeries, UpdateSeries } from '../validators/series.ts';

type One = { params: { id: string } };
type IfMatch = { ifMatch: number | undefined };

export type SeriesVerbs = { series: SeriesService; seriesMove: SeriesMoveService };

export const createSeriesController = ({ series, seriesMove }: SeriesVerbs) => ({
  book: (ctx: Ctx, { body }: { body: BookSeries }) => series.book(ctx, body),
  get: (ctx: Ctx, { params }: One) => series.get(ctx, params.id),
  list: (ctx: Ctx, { query }: { query: ListSeries }) => series.list(ctx, query),
  update: (ctx: Ctx, { params, body, ifMatch }: One & IfMatch & { body: UpdateSeries }) =>
    seriesMove.update(ctx, params.id, body, ifMatch),
  cancel: (
    ctx: Ctx,
    { params, query, body, ifMatch }: One & IfMatch & { query: CancelSeriesFrom; body: CancelAppointment },
  ) => series.cancel(ctx, params.id, { from: query.from, reason: body?.reason }, ifMatch),
});
export type SeriesController = ReturnType<typeof createSeriesController>;
