import type { Database, Db } from '../../../database/db.ts';
import { addDays } from '../../../shared/time/local-date.ts';
import { localDateAt } from '../../../shared/time/wall-clock.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems, invalid } from '../../../shared/utils/errors.ts';
import { type Heatmap, heatmapTable } from '../models/heatmap.ts';
import { leadTimeOf, leadTimeTable } from '../models/lead-time.ts';
import { noShowsOf, noShowTable } from '../models/no-shows.ts';
import { type Period, previousOf, type ZonedPeriod } from '../models/period.ts';
import { remindersOf, reminderTable } from '../models/reminder-figures.ts';
import { summaryOf, summaryTable } from '../models/summary.ts';
import { utilizationOf, utilizationTable } from '../models/utilization.ts';
import { waitlistOf, waitlistTable } from '../models/waitlist-figures.ts';
import { findClinic } from '../repositories/clinic.repository.ts';
import {
  listHeatmapCells,
  listLeadRows,
  listNoShowRows,
  listPatientsRows,
  listReminderRows,
  listSummaryRows,
  listUtilizationRows,
  listWaitRows,
  type Question,
} from '../repositories/figure.repository.ts';
import type { AskFigures, AskWaitlist } from '../validators/analytics.ts';
import { AHEAD_DAYS } from './working-figures.ts';

export type FiguresDeps = {
  database: Database;
  clock: Clock;
  timezoneOf: (tenantId: string) => Promise<string | undefined>;
};
export type Figures = ReturnType<typeof createFigures>;

type Asked = {
  readonly db: Db;
  readonly question: Question;
  readonly period: ZonedPeriod;
  readonly previous: Period;
};

/** The figures of a clinic, each with the same as a table. Where nothing happened they are 0, and lists are empty. */
export const createFigures = ({ database, clock, timezoneOf }: FiguresDeps) => {
  const ask = async (ctx: Ctx, { from, to, ...filter }: AskFigures | AskWaitlist): Promise<Asked> => {
    const db = await database.readCopy(ctx);
    const timezone = (await findClinic(db))?.timezone ?? (await timezoneOf(ctx.tenantId)) ?? 'UTC';
    const previous = previousOf({ from, to });
    const question = {
      ...filter,
      doctorId: reachOf(ctx, filter.doctorId),
      from: previous.from,
      start: from,
      to,
    };
    return { db, question, previous, period: { from, to, timezone } };
  };

  /** Working time is known so far ahead only; beyond, every doctor would seem booked without working. */
  const demandKnownHours = ({ period }: Asked) => {
    const last = addDays(localDateAt(period.timezone, clock.now().getTime()), AHEAD_DAYS);
    if (period.to > last) throw invalid('/query/to', `must be at most ${AHEAD_DAYS} days ahead`);
  };

  return {
    /** Whoever may only count days is told of no patients and no money. */
    summary: async (ctx: Ctx, query: AskFigures) => {
      const { db, question, period, previous } = await ask(ctx, query);
      const [rows, patients] = await Promise.all([
        listSummaryRows(db, question),
        mayRead(ctx) ? listPatientsRows(db, question) : undefined,
      ]);
      const answer = summaryOf(period, previous, rows, patients);
      return { answer, table: summaryTable(answer) };
    },

    utilization: async (ctx: Ctx, query: AskFigures) => {
      const asked = await ask(ctx, query);
      demandKnownHours(asked);
      const rows = await listUtilizationRows(asked.db, asked.question);
      return { answer: utilizationOf(asked.period, asked.previous, rows), table: utilizationTable(rows) };
    },

    noShows: async (ctx: Ctx, query: AskFigures) => {
      const { db, question, period, previous } = await ask(ctx, query);
      const rows = await listNoShowRows(db, question);
      return { answer: noShowsOf(period, previous, rows), table: noShowTable(rows) };
    },

    heatmap: async (ctx: Ctx, query: AskFigures) => {
      const { db, question, period } = await ask(ctx, query);
      const answer: Heatmap = { ...period, cells: await listHeatmapCells(db, question) };
      return { answer, table: heatmapTable(answer) };
    },

    leadTime: async (ctx: Ctx, query: AskFigures) => {
      const { db, question, period, previous } = await ask(ctx, query);
      const answer = leadTimeOf(period, previous, await listLeadRows(db, question));
      return { answer, table: leadTimeTable(answer) };
    },

    waitlist: async (ctx: Ctx, query: AskWaitlist) => {
      const { db, question, period, previous } = await ask(ctx, query);
      const answer = waitlistOf(period, previous, await listWaitRows(db, question));
      return { answer, table: waitlistTable(answer) };
    },

    reminders: async (ctx: Ctx, query: AskFigures) => {
      const { db, question, period, previous } = await ask(ctx, query);
      const answer = remindersOf(period, previous, await listReminderRows(db, question));
      return { answer, table: reminderTable(answer) };
    },
  };
};

const mayRead = ({ permissions }: Ctx): boolean =>
  permissions.has('analytics:read') || permissions.has('analytics:read:own');

const mayAskOfAll = ({ permissions }: Ctx): boolean =>
  permissions.has('analytics:read') ||
  (permissions.has('analytics:count') && !permissions.has('analytics:read:own'));

/** The doctor about whom the caller asks: doctors are told of themselves only, whether they say so or not. */
const reachOf = (ctx: Ctx, doctorId: string | undefined): string | undefined => {
  if (mayAskOfAll(ctx)) return doctorId;
  if (ctx.doctorId === undefined || (doctorId !== undefined && doctorId !== ctx.doctorId))
    throw new AppError(commonProblems.forbidden, 'These figures are not your own.');
  return ctx.doctorId;
};
