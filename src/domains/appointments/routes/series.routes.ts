import { pageOf } from '../../../shared/types/page.ts';
import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import { patientProblems } from '../../patients/index.ts';
import type { SeriesController } from '../controllers/series.controller.ts';
import { BookedSeries, CancelledSeries, SeriesSummary, SeriesView } from '../models/series.ts';
import { appointmentProblems } from '../problems.ts';
import { CancelAppointment } from '../validators/appointment.ts';
import {
  BookSeries,
  CancelSeriesFrom,
  ListSeries,
  SeriesParams,
  UpdateSeries,
} from '../validators/series.ts';
import { againstTheTime } from './against-the-time.ts';

const { series_not_found, appointment_limit_reached, invalid_transition } = appointmentProblems;

export const seriesRoutes = (controller: SeriesController): RouteGroup => ({
  tag: 'Series',
  base: '/appointments/series',
  routes: [
    route({
      method: 'post',
      path: '/',
      summary: 'Book a visit that repeats',
      description:
        'The visits keep the local time of the first in the doctor’s zone: a time that a clock change skips moves forward by the gap. A month without the day of the first has none, unless BYDAY says otherwise. With onConflict fail all visits are booked or none, and the problem names the occurrence it is about; with skip the rest is booked.',
      access: 'appointments:write',
      body: BookSeries,
      response: [201, BookedSeries],
      problems: [...againstTheTime, patientProblems.patient_not_found, appointment_limit_reached],
      handle: controller.book,
    }),
    route({
      method: 'get',
      path: '/',
      summary: 'List series; a doctor sees those of the own calendar, a patient the own ones',
      access: 'appointments:read',
      query: ListSeries,
      response: [200, pageOf(SeriesSummary)],
      handle: controller.list,
    }),
    route({
      method: 'get',
      path: '/:id',
      summary: 'Get a series with its appointments, by start',
      access: 'appointments:read',
      params: SeriesParams,
      response: [200, SeriesView],
      problems: [series_not_found],
      handle: controller.get,
    }),
    route({
      method: 'put',
      path: '/:id',
      summary: 'Change a visit of a series and all following, all or none',
      description:
        'Visits that start at from or later and have not begun. startsAt is the new start of the first of them; the others move as far on the wall clock. The problem names the occurrence it is about.',
      access: 'appointments:write',
      params: SeriesParams,
      body: UpdateSeries,
      response: [200, SeriesView],
      problems: [...againstTheTime, series_not_found, invalid_transition, commonProblems.version_conflict],
      handle: controller.update,
    }),
    route({
      method: 'delete',
      path: '/:id',
      summary: 'Cancel a visit of a series and all following; their time is free at once',
      description:
        'Visits that start at from or later and can still be cancelled. Those for which a patient is too late are kept, and listed.',
      access: 'appointments:write',
      params: SeriesParams,
      query: CancelSeriesFrom,
      body: CancelAppointment,
      response: [200, CancelledSeries],
      problems: [series_not_found, commonProblems.version_conflict],
      handle: controller.cancel,
    }),
  ],
});
