import type { Database, Db, Tx } from '../../../database/db.ts';
import { type Interval, overlaps } from '../../../shared/time/interval.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/time/units.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import type { Bookable, DoctorsPort } from '../../doctors/index.ts';
import type { BookingSettings, TenantsPort } from '../../tenants/index.ts';
import { freedBy, type FreedTime, maySetFree } from '../models/freed-time.ts';
import type { Slot } from '../models/slots.ts';
import { type Entry, suits } from '../models/waitlist.ts';
import { listWaiting, type Standing } from '../repositories/waitlist.repository.ts';
import type { SlotService } from './slot.service.ts';
import type { Acting } from './journal.ts';
import { byItself, type WaitlistOffers } from './waitlist-offers.ts';

export type ReactionDeps = {
  database: Database;
  clock: Clock;
  tenants: Pick<TenantsPort, 'settings'>;
  doctors: DoctorsPort;
  slots: SlotService;
  offers: WaitlistOffers;
};
type Happened = {
  readonly tenantId: string;
  readonly type: string;
  readonly payload: unknown;
  readonly requestId: string;
};

const ENTRIES_AT_ONCE = 200;
/** A visit lasts a day at most, and so does a buffer. */
const REACH_MS = 3 * DAY_MS;

/** What a service of the doctor could be offered: the starts that were set free, as patients see them. */
type Offerable = { readonly timezone: string; readonly slots: readonly Slot[] };

/** Offers time that becomes free to those who wait for it. */
export const createWaitlistReaction = (deps: ReactionDeps) => {
  const { database, clock, tenants, doctors, slots, offers } = deps;

  const buffersOf = (bookable: Bookable | undefined) => ({
    before: (bookable?.bufferBeforeMinutes ?? 0) * MINUTE_MS,
    after: (bookable?.bufferAfterMinutes ?? 0) * MINUTE_MS,
  });

  /** The starts from which a visit with its buffers reaches into what was freed, buffers included; or all that patients may book. */
  const startsIn = async (
    db: Db,
    { doctorId, visit }: FreedTime,
    bookable: Bookable,
    { horizonDays }: BookingSettings,
  ): Promise<Interval> => {
    const now = clock.now().getTime();
    if (!visit) return { start: now, end: now + horizonDays * DAY_MS + 1 };
    const ids = { doctorId, serviceId: visit.serviceId };
    const freed = buffersOf(await doctors.findBookable(db, ids));
    const own = buffersOf(bookable);
    const lengthMs = bookable.durationMinutes * MINUTE_MS;
    return {
      start: visit.start - freed.before - lengthMs - own.after + 1,
      end: visit.end + freed.after + own.before,
    };
  };

  const offerableTo = async (
    db: Db,
    freed: FreedTime,
    { serviceId, specialization }: Entry,
  ): Promise<Offerable | undefined> => {
    const wanted = { doctorId: freed.doctorId, serviceId, specialization: specialization ?? undefined };
    const [bookable] = await doctors.listBookable(db, wanted, 1);
    if (!bookable?.bookableByPatients) return undefined;
    const settings = await tenants.settings(db.tenantId);
    const window = await startsIn(db, freed, bookable, settings);
    return {
      timezone: bookable.timezone,
      slots: await slots.forPatients(db, bookable, { settings, window }),
    };
  };

  /** Tries the times that suit the entry, earliest first, until one is offered; answers that one. */
  const offerFirst = async (
    acting: Acting,
    { doctorId }: FreedTime,
    entry: Entry,
    { timezone, slots: free }: Offerable,
  ): Promise<Slot | undefined> => {
    const settings = await tenants.settings(acting.tenantId);
    for (const slot of free.filter((each) => suits(entry, each, timezone))) {
      const startsAt = new Date(slot.startsAt);
      const outcome = await offers.make(acting, { entryId: entry.id, doctorId, startsAt, settings });
      if (outcome === 'made') return slot;
      if (outcome === 'gone') return undefined;
    }
    return undefined;
  };

  /** Goes through those who wait, best-placed first; what one was offered is left out for those behind. */
  const offer = async (acting: Acting, freed: FreedTime): Promise<void> => {
    const db = database.read(acting.tenantId);
    const offerables = new Map<string, Promise<Offerable | undefined>>();
    const given: Interval[] = [];
    for await (const entry of waitingFor(db, freed)) {
      const key = `${entry.serviceId} ${entry.specialization ?? ''}`;
      const known = offerables.get(key) ?? offerableTo(db, freed, entry);
      offerables.set(key, known);
      const offerable = await known;
      if (!offerable) continue;
      const left = offerable.slots.filter((slot) => given.every((time) => !overlaps(time, timeOf(slot))));
      const taken = await offerFirst(acting, freed, entry, { ...offerable, slots: left });
      if (taken) given.push(timeOf(taken));
    }
  };

  async function* waitingFor(db: Db, { doctorId, visit }: FreedTime): AsyncGenerator<Entry> {
    const now = clock.now().getTime();
    if (visit && visit.end + REACH_MS < now) return;
    const opening = {
      doctorId,
      from: new Date(Math.max(now, visit ? visit.start - REACH_MS : now)),
      to: visit && new Date(visit.end + REACH_MS),
    };
    let after: Standing | undefined;
    do {
      const entries = await listWaiting(db, opening, { after, limit: ENTRIES_AT_ONCE });
      yield* entries;
      after = entries.length === ENTRIES_AT_ONCE ? entries.at(-1) : undefined;
    } while (after !== undefined);
  }

  return {
    concerns: maySetFree,

    /**
     * Handles an event; the same one again finds nothing left to do. Each offer commits in a short transaction of its own,
     * so that nobody waits for the whole of them: the transaction around only remembers that the event is done.
     */
    handle: async (_tx: Tx, event: Happened): Promise<void> => {
      for (const freed of freedBy(event)) await offer(byItself(event.tenantId, event.requestId), freed);
    },
  };
};

const timeOf = ({ startsAt, endsAt }: Slot): Interval => ({ start: startsAt, end: endsAt });
