import type { Db, Tx } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { TimelineEntry, TimelinePage } from '../models/timeline.ts';

/** An appointment that is still to come or under way. */
export type Upcoming = { readonly id: string; readonly startsAt: Date; readonly endsAt: Date };

/** What patients ask of appointments, who know who treats whom. */
export type Visits = {
  /** Whether the doctor has, or has had, an appointment with the patient that was not cancelled. */
  readonly treats: (db: Db, doctorId: string, patientId: string) => Promise<boolean>;
  /** Ids of the patients whom the doctor treats, ascending, at most `limit` of those behind `after`. */
  readonly treatedBy: (
    db: Db,
    doctorId: string,
    page: { after: string | undefined; limit: number },
  ) => Promise<readonly string[]>;
  /** By start. */
  readonly upcomingOf: (db: Db, patientId: string, now: Date) => Promise<Upcoming[]>;
  /** The visits of the patient as entries of their timeline, the latest first, one more than `limit`. */
  readonly timelineOf: (db: Db, patientId: string, page: TimelinePage) => Promise<TimelineEntry[]>;
  /** Gives everything of one patient to another: appointments, series, holds, places on the waitlist. */
  move(tx: Tx, patients: { from: string; to: string }, now: Date): Promise<void>;
  /** Cancels what is to come, and gives up every place on the waitlist. How many appointments were cancelled. */
  leave(tx: Tx, ctx: Ctx, patientId: string): Promise<number>;
  /**
   * Forgets what was written down about the visits that ended before `keptSince`. `erased`: of how many visits;
   * `kept`: how many others there are; `lastEnd`: when the last of all ended, or is to end.
   */
  forget(
    tx: Tx,
    patientId: string,
    keptSince: Date,
  ): Promise<{ readonly erased: number; readonly kept: number; readonly lastEnd: Date | null }>;
};
