import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Tx } from '../../../database/db.ts';
import type { LoggedEvent } from '../../../database/event-log.ts';
import type { HappenedEvent } from '../models/source-event.ts';
import { findClinic, lockClinic, updateClinic } from '../repositories/clinic.repository.ts';
import { countSubjects } from '../repositories/source-event.repository.ts';
import { listDoctorIds } from '../repositories/working.repository.ts';
import type { Projector } from './projector.ts';
import { BEFORE_ALL_SUBJECTS } from './rebuild.ts';

/** Events of a tenant behind the number `after`, in their order. */
export type EventsOf = (
  tenantId: string,
  page: { readonly after: number; readonly limit: number },
) => Promise<LoggedEvent[]>;

export type RebuildsDeps = {
  database: Database;
  projector: Pick<Projector, 'meet' | 'advance'>;
  collect: (tx: Tx, event: HappenedEvent) => Promise<void>;
  eventsOf: EventsOf;
  announceHours: (tenantId: string, known: ReadonlySet<string>) => Promise<void>;
};

/** How far a rebuild has come: subjects are appointments, entries of the waitlist, doctors and whatever else events tell of. */
export type RebuildProgress =
  | { readonly stage: 'collecting'; readonly events: number }
  | { readonly stage: 'subjects'; readonly left: number }
  | { readonly stage: 'dates'; readonly done: string }
  | { readonly stage: 'done' };

const EVENTS_AT_ONCE = 500;
const WHILE_OTHERS_WORK_MS = 200;

/** Makes figures anew. What is stopped half-way goes on where it was, by the next call or by any server. */
export const createRebuilds = ({ database, projector, collect, eventsOf, announceHours }: RebuildsDeps) => {
  /** Takes from the outbox what never came: events from before analytics was there, as far as they are kept. */
  const collectMissed = async (tenantId: string, onProgress: (progress: RebuildProgress) => void) => {
    let after = 0;
    let events = 0;
    for (;;) {
      const some = await eventsOf(tenantId, { after, limit: EVENTS_AT_ONCE });
      const last = some.at(-1);
      if (!last) return;
      await database.transaction({ tenantId }, async (tx) => {
        for (const event of some) await collect(tx, { ...event, tenantId });
      });
      after = last.sequence;
      events += some.length;
      onProgress({ stage: 'collecting', events });
    }
  };

  /** One that is under way goes on. */
  const begin = (tenantId: string) =>
    database.transaction({ tenantId }, async (tx) => {
      const clinic = await lockClinic(tx);
      if (!clinic || clinic.rebuiltSubject !== null || clinic.rebuiltDate !== null) return;
      await updateClinic(tx, { ...clinic, rebuiltSubject: BEFORE_ALL_SUBJECTS });
    });

  const progressOf = async (tenantId: string): Promise<RebuildProgress> => {
    const db = database.read(tenantId);
    const clinic = await findClinic(db);
    if (clinic?.rebuiltSubject != null)
      return { stage: 'subjects', left: await countSubjects(db, clinic.rebuiltSubject) };
    return clinic?.rebuiltDate == null ? { stage: 'done' } : { stage: 'dates', done: clinic.rebuiltDate };
  };

  return {
    rebuild: async (tenantId: string, onProgress: (progress: RebuildProgress) => void): Promise<void> => {
      await projector.meet(tenantId);
      await collectMissed(tenantId, onProgress);
      await begin(tenantId);
      for (;;) {
        const mayGoOn = await projector.advance(tenantId);
        const progress = await progressOf(tenantId);
        onProgress(progress);
        if (progress.stage === 'done') break;
        // A server is at it.
        if (!mayGoOn) await sleep(WHILE_OTHERS_WORK_MS);
      }
      // Hours from before analytics was there: they are counted as soon as a server has passed the event on.
      await announceHours(tenantId, new Set(await listDoctorIds(database.read(tenantId))));
    },
  };
};
