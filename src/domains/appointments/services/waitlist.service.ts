import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, type Page, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, invalid } from '../../../shared/utils/errors.ts';
import { demandVersion, nextVersion } from '../../../shared/utils/versions.ts';
import { doctorProblems, type DoctorsPort } from '../../doctors/index.ts';
import type { PatientsPort } from '../../patients/index.ts';
import { entryClosed, entryMade } from '../models/waitlist-events.ts';
import { type Entry, isOpen, isSameWish, type ShownEntry } from '../models/waitlist.ts';
import { appointmentProblems } from '../problems.ts';
import {
  findEntry,
  findEntryToChange,
  insertEntry,
  listEntries,
  listOpen,
  updateEntry,
} from '../repositories/waitlist.repository.ts';
import type { EnterWaitlist, ListWaitlist } from '../validators/waitlist.ts';
import { namedPatient } from './named-patient.ts';
import type { OfferTokens } from './offer-token.ts';
import { demandOwnCalendar, reachOf } from './sight.ts';
import type { VisitPlanner } from './visit-planner.ts';
import type { WaitlistOffers } from './waitlist-offers.ts';
import { demandEntry, showEntry } from './waitlist-sight.ts';

export type WaitlistDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  doctors: DoctorsPort;
  patients: Pick<PatientsPort, 'exists' | 'lock'>;
  planner: VisitPlanner;
  offers: WaitlistOffers;
  tokens: OfferTokens;
};
export type WaitlistService = ReturnType<typeof createWaitlistService>;

/** Each open entry can keep one time from others while its patient thinks. */
const MAX_OPEN_ENTRIES = 10;
const MAX_BOOKABLES = 1_000;
/** No doctor's calendar: who may write into their own only, may not wait for anybody's. */
const ANY_CALENDAR = '';

/** The verbs of those who wait. */
export const createWaitlistService = (deps: WaitlistDeps) => {
  const { database, audit, outbox, clock, doctors, patients, planner, offers, tokens } = deps;

  /** Refuses to let anybody wait for what no doctor of theirs gives, or what patients cannot book. */
  const demandOffered = async (tx: Tx, ctx: Ctx, { doctorId, serviceId, specialization }: EnterWaitlist) => {
    const found =
      doctorId === undefined
        ? await doctors.listBookable(tx, { serviceId, specialization }, MAX_BOOKABLES)
        : [await planner.findBookable(tx, ctx, { doctorId, serviceId })];
    if (!found.some(({ bookableByPatients }) => bookableByPatients)) {
      throw new AppError(doctorProblems.service_not_offered);
    }
  };

  /** The open entry with the same wish; without one, there must be room for another. The patient is locked. */
  const findSame = async (tx: Tx, entry: Entry): Promise<Entry | undefined> => {
    const open = await listOpen(tx, entry.patientId);
    const same = open.find((each) => isSameWish(each, entry));
    if (!same && open.length >= MAX_OPEN_ENTRIES) throw new AppError(appointmentProblems.waitlist_full);
    return same;
  };

  const newEntry = (ctx: Ctx, patientId: string, request: EnterWaitlist): Entry => {
    const now = clock.now();
    return {
      id: newId(),
      patientId,
      doctorId: request.doctorId ?? null,
      specialization: request.specialization ?? null,
      serviceId: request.serviceId,
      earliest: request.earliest,
      latest: request.latest,
      daysOfWeek: request.daysOfWeek ?? null,
      timeRange: request.timeRange ?? null,
      status: 'waiting',
      enteredBy: ctx.userId,
      displaced: false,
      offer: null,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
  };

  const record = (tx: Tx, ctx: Ctx, action: string, { id }: Entry) =>
    audit.record(tx, ctx, { action, resourceType: 'waitlist_entry', resourceId: id });

  return {
    /** The patient stands behind all who wait already; who waits for the same already keeps the place. */
    enter: (ctx: Ctx, request: EnterWaitlist): Promise<ShownEntry> => {
      demandOwnCalendar(ctx, request.doctorId ?? ANY_CALENDAR);
      if (request.latest <= clock.now()) throw invalid('/latest', 'must be in the future');
      return database.transaction(ctx, async (tx) => {
        const patientId = await namedPatient(tx, ctx, patients, request.patientId);
        // Entries of one patient are made one after the other, each with an id that is later than those it finds.
        await patients.lock(tx, patientId);
        const entry = newEntry(ctx, patientId, request);
        const same = await findSame(tx, entry);
        if (same) return showEntry(ctx, tokens, same);
        await insertEntry(tx, entry);
        await demandOffered(tx, ctx, request);
        await outbox.publish(tx, ctx, entryMade(entry));
        await record(tx, ctx, 'waitlist.entered', entry);
        return showEntry(ctx, tokens, entry);
      });
    },

    list: async (ctx: Ctx, query: ListWaitlist): Promise<Page<ShownEntry>> => {
      const after = decodeCursor(IdPosition, query.cursor)?.[0];
      const reach = reachOf(ctx, 'appointments:read');
      const found = await listEntries(database.read(ctx.tenantId), { ...query, reach, after });
      const { data, nextCursor } = toPage(found, query.limit, ({ id }) => [id]);
      return { data: data.map((entry) => showEntry(ctx, tokens, entry)), nextCursor };
    },

    get: async (ctx: Ctx, id: string): Promise<ShownEntry> =>
      showEntry(ctx, tokens, demandEntry(ctx, await findEntry(database.read(ctx.tenantId), id))),

    /** Gives up the place, and a time that is offered just now: it goes to the next. */
    leave: (ctx: Ctx, id: string, ifMatch: number | undefined): Promise<void> =>
      database.transaction(ctx, async (tx) => {
        const entry = demandEntry(ctx, await findEntryToChange(tx, id));
        demandVersion(entry, ifMatch);
        if (!isOpen(entry.status)) throw new AppError(appointmentProblems.waitlist_entry_closed);
        const after = entry.offer
          ? await offers.end(tx, ctx, entry, 'withdrawn')
          : nextVersion(entry, { status: 'left' }, clock.now());
        if (!entry.offer) await updateEntry(tx, after);
        await outbox.publish(tx, ctx, entryClosed(after));
        await record(tx, ctx, 'waitlist.left', after);
      }),
  };
};
