import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { Outbox } from '../../../database/outbox.ts';
import { MINUTE_MS } from '../../../shared/time/units.ts';
import { newId } from '../../../shared/types/id.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import { nextVersion } from '../../../shared/utils/versions.ts';
import type { PatientsPort } from '../../patients/index.ts';
import type { BookingSettings } from '../../tenants/index.ts';
import { offerEnded, offerMade } from '../models/waitlist-events.ts';
import type { Entry, Offer, Outcome, WaitlistStatus } from '../models/waitlist.ts';
import { appointmentProblems } from '../problems.ts';
import { countActive } from '../repositories/appointment.repository.ts';
import { insertOffer, updateOffer } from '../repositories/waitlist-offer.repository.ts';
import { findEntryToChange, updateEntry } from '../repositories/waitlist.repository.ts';
import type { HoldService } from './hold.service.ts';
import type { Acting } from './journal.ts';
import type { VisitPlanner } from './visit-planner.ts';

export type OfferDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  patients: Pick<PatientsPort, 'find'>;
  planner: VisitPlanner;
  holds: HoldService;
};
export type WaitlistOffers = ReturnType<typeof createWaitlistOffers>;

/** Acts for nobody, as a consequence of the request or event that `requestId` names. */
export const byItself = (tenantId: string, requestId: string): Acting => ({
  tenantId,
  requestId,
  address: '',
  userAgent: 'waitlist',
});

/** How long a patient has to answer; longer than a hold of the clinic's, since they have to notice it first. */
const OFFER_MINUTES = 30;

const statusAfter: Readonly<Record<Outcome, WaitlistStatus>> = {
  accepted: 'booked',
  declined: 'waiting',
  expired: 'waiting',
  withdrawn: 'left',
};

/** The doctor's time that an entry may be offered. */
export type Offering = {
  readonly entryId: string;
  readonly doctorId: string;
  readonly startsAt: Date;
  readonly settings: BookingSettings;
  /** Whether the clinic itself keeps the time for the patient: notice, horizon and grid are not asked for then. */
  readonly isHeld?: boolean;
};

/** Makes and ends offers: an offer, its hold and the state of its entry change together, under the lock of the entry. */
export const createWaitlistOffers = (deps: OfferDeps) => {
  const { database, audit, outbox, clock, patients, planner, holds } = deps;

  /** Whose time is kept; nobody's where the patient is gone, or has as many appointments as the clinic allows. */
  const findOwner = async (tx: Tx, entry: Entry, settings: BookingSettings) => {
    const patient = await patients.find(tx, entry.patientId);
    if (!patient) return undefined;
    const limit = settings.maxActiveAppointmentsPerPatient;
    const isFull = limit !== null && (await countActive(tx, patient.id, clock.now())) >= limit;
    return isFull ? undefined : { patientId: patient.id, userId: patient.userId ?? entry.enteredBy };
  };

  const makeIn = async (tx: Tx, acting: Acting, offering: Offering): Promise<'made' | 'gone'> => {
    const { entryId, doctorId, startsAt, settings, isHeld = false } = offering;
    const entry = await findEntryToChange(tx, entryId);
    if (entry?.status !== 'waiting') return 'gone';
    const owner = await findOwner(tx, entry, settings);
    if (!owner) return 'gone';
    const { serviceId } = entry;
    const wanted = { doctorId, serviceId, startsAt };
    const visit = await planner.plan(tx, { role: 'patient' }, settings, wanted, { isHeld });
    const now = clock.now();
    const answerBy = Math.min(now.getTime() + OFFER_MINUTES * MINUTE_MS, startsAt.getTime());
    const expiresAt = new Date(answerBy);
    const { id: holdId, endsAt } = await holds.keep(tx, visit, { ...owner, expiresAt });
    const slot = { doctorId, serviceId, startsAt, endsAt };
    const offer: Offer = { ...slot, id: newId(), entryId, holdId, madeAt: now, expiresAt, outcome: null };
    await insertOffer(tx, offer);
    await updateEntry(tx, nextVersion(entry, { status: 'offered' }, now));
    await outbox.publish(tx, acting, offerMade(entry, offer));
    await record(tx, acting, entry, { action: 'waitlist.offer_made', offer });
    return 'made';
  };

  const record = (
    tx: Tx,
    acting: Acting,
    entry: Entry,
    { action, offer }: { action: string; offer: Offer },
  ) =>
    audit.record(tx, acting, {
      action,
      resourceType: 'waitlist_entry',
      resourceId: entry.id,
      changes: { offerId: offer.id, doctorId: offer.doctorId, startsAt: offer.startsAt.toISOString() },
    });

  return {
    /** {@link make} in the caller's transaction; fails where the time cannot be had. */
    makeIn,

    /**
     * Offers the time to the entry: `refused` where the time cannot be had for this patient, `gone` where the entry does
     * not wait any more. The keys of holds and offers decide, whoever else tries the same.
     */
    make: async (acting: Acting, offering: Offering): Promise<'made' | 'refused' | 'gone'> => {
      try {
        const { tenantId } = acting;
        return await database.transaction({ tenantId }, (tx) => makeIn(tx, acting, offering));
      } catch (error) {
        if (error instanceof AppError && error.problem !== commonProblems.unavailable) return 'refused';
        throw error;
      }
    },

    /** Ends the offer of a locked entry and frees its time; whoever was offered it and does not take it waits on. */
    end: async (tx: Tx, acting: Acting, entry: Entry, outcome: Outcome): Promise<Entry> => {
      const { offer } = entry;
      if (!offer) throw new AppError(appointmentProblems.offer_not_found);
      const now = clock.now();
      await holds.drop(tx, offer.holdId);
      await updateOffer(tx, offer.id, { at: now, outcome });
      const after = nextVersion(entry, { status: statusAfter[outcome], offer: null }, now);
      await updateEntry(tx, after);
      await outbox.publish(tx, acting, offerEnded(entry, offer, outcome));
      await record(tx, acting, entry, { action: `waitlist.offer_${outcome}`, offer });
      return after;
    },
  };
};
