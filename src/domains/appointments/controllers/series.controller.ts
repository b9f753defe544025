import type { Ctx } from '../../../shared/types/context.ts';
import type { SeriesMoveService } from '../services/series-move.service.ts';
import type { SeriesService } from '../services/series.service.ts';
import type { CancelAppointment } from '../validators/appointment.ts';
import type { BookSeries, CancelSeriesFrom, UpdateSeries } from '../validators/series.ts';

type One = { params: { id: string } };

export type SeriesVerbs = { series: SeriesService; seriesMove: SeriesMoveService };

export const createSeriesController = ({ series, seriesMove }: SeriesVerbs) => ({
  book: (ctx: Ctx, { body }: { body: BookSeries }) => series.book(ctx, body),
  get: (ctx: Ctx, { params }: One) => series.get(ctx, params.id),
  update: (ctx: Ctx, { params, body }: One & { body: UpdateSeries }) =>
    seriesMove.update(ctx, params.id, body),
  cancel: (ctx: Ctx, { params, query, body }: One & { query: CancelSeriesFrom; body: CancelAppointment }) =>
    series.cancel(ctx, params.id, { from: query.from, reason: body?.reason }),
});
export type SeriesController = ReturnType<typeof createSeriesController>;
