import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import { bin } from '../../../database/sql.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, type PageQuery, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems, invalid } from '../../../shared/utils/errors.ts';
import { type DoctorsPort, doctorProblems } from '../../doctors/index.ts';
import type { CalendarFeed } from '../models/calendar-feed.ts';
import { hashOfSecret, newCalendarSecret } from '../models/calendar-secret.ts';
import { appointmentProblems } from '../problems.ts';
import { deleteFeed, findFeed, insertFeed, listFeeds } from '../repositories/calendar-feed.repository.ts';
import type { CreateCalendarFeed } from '../validators/calendar-feed.ts';

export type CalendarFeedDeps = {
  database: Database;
  audit: AuditTrail;
  clock: Clock;
  doctors: Pick<DoctorsPort, 'exists'>;
  config: { readonly publicUrl: string };
};
export type CalendarFeedService = ReturnType<typeof createCalendarFeedService>;

const unknownFeed = () => new AppError(appointmentProblems.calendar_feed_not_found);

/** The verbs by which somebody opens a calendar to a program, and closes it again. */
export const createCalendarFeedService = ({ database, audit, clock, doctors, config }: CalendarFeedDeps) => {
  const record = (tx: Tx, ctx: Ctx, verb: string, id: string, changes?: Record<string, unknown>) =>
    audit.record(tx, ctx, {
      action: `calendar_feed.${verb}`,
      resourceType: 'calendar_feed',
      resourceId: id,
      ...(changes && { changes }),
    });

  return {
    /** Answers the address, which is never shown again. */
    create: (ctx: Ctx, wanted: CreateCalendarFeed) => {
      const doctorId = calendarWanted(ctx, wanted);
      return database.transaction(ctx, async (tx) => {
        if (doctorId !== null && !(await doctors.exists(tx, doctorId))) {
          throw new AppError(doctorProblems.doctor_not_found);
        }
        const secret = newCalendarSecret(bin(ctx.tenantId));
        const feed: CalendarFeed = {
          id: newId(),
          userId: ctx.userId,
          scope: wanted.scope,
          doctorId,
          createdAt: clock.now(),
          lastUsedAt: null,
        };
        await insertFeed(tx, feed, hashOfSecret(secret));
        await record(tx, ctx, 'created', feed.id, { scope: feed.scope, doctorId });
        return { ...feed, url: `${config.publicUrl}/api/v1/calendar/${secret}.ics` };
      });
    },

    list: async (ctx: Ctx, { limit, cursor }: PageQuery) => {
      const after = decodeCursor(IdPosition, cursor)?.[0];
      const feeds = await listFeeds(database.read(ctx.tenantId), ctx.userId, { limit, after });
      return toPage(feeds, limit, (last) => [last.id]);
    },

    get: async (ctx: Ctx, id: string): Promise<CalendarFeed> => {
      const feed = await findFeed(database.read(ctx.tenantId), ctx.userId, id);
      if (!feed) throw unknownFeed();
      return feed;
    },

    /** From the commit on, the address opens nothing. */
    revoke: (ctx: Ctx, id: string): Promise<void> =>
      database.transaction(ctx, async (tx) => {
        if (!(await deleteFeed(tx, ctx.userId, id))) throw unknownFeed();
        await record(tx, ctx, 'revoked', id);
      }),
  };
};

/** Whose calendar the feed shows; null: the patient's who asks. 403 for what the caller may not see. */
const calendarWanted = (ctx: Ctx, { scope, doctorId }: CreateCalendarFeed): string | null => {
  if (ctx.apiKeyId !== undefined) throw forbidden('An API key cannot open what would outlive it.');
  if (scope === 'patient') {
    if (ctx.patientId === undefined) throw forbidden('Only a patient has visits of their own.');
    return null;
  }
  if (ctx.permissions.has('appointments:read')) {
    if (doctorId === undefined) throw invalid('/doctorId', 'must name the doctor whose calendar it is');
    return doctorId;
  }
  if (ctx.doctorId === undefined || (doctorId ?? ctx.doctorId) !== ctx.doctorId) {
    throw forbidden('This calendar is not yours.');
  }
  return ctx.doctorId;
};

const forbidden = (detail: string) => new AppError(commonProblems.forbidden, detail);
