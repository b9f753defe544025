import type { Database, Tx } from '../../../database/db.ts';
import { addDays } from '../../../shared/time/local-date.ts';
import { localDateAt } from '../../../shared/time/wall-clock.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import {
  type Clinic,
  findClinic,
  insertClinic,
  listClinicsRebuilding,
  lockIdleClinic,
  updateClinic,
} from '../repositories/clinic.repository.ts';
import {
  findLastEventOf,
  listPending,
  listTenantsWithPending,
  markDone,
  type PendingEvent,
} from '../repositories/source-event.repository.ts';
import { listVisitIdsOf } from '../repositories/visit.repository.ts';
import { listClinicsToWorkOut, listToWorkOut } from '../repositories/working.repository.ts';
import { BEFORE_ALL_SUBJECTS, rebuildPart } from './rebuild.ts';
import { projectSubjects } from './subject-figures.ts';
import { AHEAD_DAYS, extendHours } from './working-figures.ts';

export type ProjectorDeps = {
  database: Database;
  clock: Clock;
  logger: Logger;
  timezoneOf: (tenantId: string) => Promise<string | undefined>;
  /** After so many it is the turn of the next clinic. */
  partsInARow?: number;
};
export type Projector = ReturnType<typeof createProjector>;

const EVENTS_AT_ONCE = 500;
const DOCTORS_AT_ONCE = 20;
const CLINICS_AT_ONCE = 100;

/** Puts what happened into the figures. Any number of processes may do so at once, each for clinics of its own. */
export const createProjector = (deps: ProjectorDeps) => {
  const { database, clock, logger, timezoneOf, partsInARow = 20 } = deps;
  let isStopping = false;

  const projectPending = async (tx: Tx, clinic: Clinic, pending: readonly PendingEvent[]) => {
    const zoned = await withItsZone(tx, clinic, pending);
    await projectSubjects(tx, await subjectsOf(tx, pending), {
      timezone: zoned.timezone,
      now: clock.now(),
      sinceOf: (doctorId) => earliestOf(pending.filter(({ subjectId }) => subjectId === doctorId)),
    });
    markDone(
      tx,
      pending.map(({ id }) => id),
    );
    return zoned;
  };

  const extendAll = async (tx: Tx, { timezone }: Clinic, doctorIds: readonly string[]) => {
    for (const doctorId of doctorIds) await extendHours(tx, doctorId, { timezone, now: clock.now() });
  };

  /** The date up to which working time should be written down, in every zone. */
  const horizon = () => addDays(localDateAt('UTC', clock.now().getTime()), AHEAD_DAYS);

  /**
   * One part of what is to be done for the clinic of the transaction; whether there may be more. What is new comes first and alone: nothing
   * that fails may undo it.
   */
  const part = async (tx: Tx): Promise<boolean> => {
    // On one way to the server, in this order: what is pending is read under the lock.
    const [clinic, pending] = await Promise.all([lockIdleClinic(tx), listPending(tx, EVENTS_AT_ONCE)]);
    if (!clinic) return false;
    if (pending.length > 0) {
      const isRebuilding = isBeingRebuilt(await projectPending(tx, clinic, pending));
      if (isRebuilding || pending.length === EVENTS_AT_ONCE) return true;
      return (await listToWorkOut(tx, horizon(), 1)).length > 0;
    }
    if (isBeingRebuilt(clinic)) {
      await rebuildPart(tx, clinic, clock.now());
      return true;
    }
    const doctorIds = await listToWorkOut(tx, horizon(), DOCTORS_AT_ONCE);
    await extendAll(tx, clinic, doctorIds);
    return doctorIds.length > 0;
  };

  /** Does some of what is to be done for a clinic; whether there may be more. */
  const advance = async (tenantId: string): Promise<boolean> => {
    await meet(tenantId);
    for (let done = 0; done < partsInARow; done += 1) {
      if (isStopping || !(await database.transaction({ tenantId }, part))) return false;
    }
    return true;
  };

  /** The one question that analytics asks: the zone of a clinic that it has not met before. */
  const meet = async (tenantId: string) => {
    if (await findClinic(database.read(tenantId))) return;
    const timezone = await timezoneOf(tenantId);
    if (timezone !== undefined) await database.transaction({ tenantId }, (tx) => insertClinic(tx, timezone));
  };

  return {
    meet,
    advance,

    sweep: async (): Promise<void> => {
      const tenantIds = new Set([
        ...(await listTenantsWithPending(database.system, CLINICS_AT_ONCE)),
        ...(await listClinicsRebuilding(database.system, CLINICS_AT_ONCE)),
        ...(await listClinicsToWorkOut(database.system, horizon(), CLINICS_AT_ONCE)),
      ]);
      for (const tenantId of tenantIds) {
        try {
          await advance(tenantId);
        } catch (error) {
          logger.warn(
            { err: error, tenantId },
            'Figures could not be brought up to date; it will be tried again',
          );
        }
      }
    },

    /** What is under way ends with its part; the rest is done by whoever is next. */
    stop: (): void => {
      isStopping = true;
    },
  };
};

const isBeingRebuilt = ({ rebuiltSubject, rebuiltDate }: Clinic): boolean =>
  rebuiltSubject !== null || rebuiltDate !== null;

/** The clinic on the clock that it has now. Where that has changed, all dates are to be made anew. */
const withItsZone = async (tx: Tx, clinic: Clinic, pending: readonly PendingEvent[]): Promise<Clinic> => {
  if (!pending.some(({ type }) => type.startsWith('tenant.'))) return clinic;
  const last = await findLastEventOf(tx, tx.tenantId);
  const isZoned = last?.type === 'tenant.created' || last?.type === 'tenant.updated';
  const timezone = isZoned ? last.payload.timezone : clinic.timezone;
  if (timezone === clinic.timezone) return clinic;
  const changed = { timezone, rebuiltSubject: BEFORE_ALL_SUBJECTS, rebuiltDate: null };
  await updateClinic(tx, changed);
  return changed;
};

/** What is to be made anew: what events tell of, and visits of patients whose records have become others'. */
const subjectsOf = async (tx: Tx, pending: readonly PendingEvent[]): Promise<string[]> => {
  const merged = pending.flatMap(({ type, subjectId }) => (type === 'patient.merged' ? [subjectId] : []));
  const visits = merged.length > 0 ? await listVisitIdsOf(tx, merged) : [];
  return [...new Set([...pending.map(({ subjectId }) => subjectId), ...visits])];
};

const earliestOf = (events: readonly PendingEvent[]): Date | undefined =>
  events.map(({ occurredAt }) => occurredAt).sort((a, b) => a.getTime() - b.getTime())[0];
