import type { Database, Tx } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Appointment } from '../models/appointment.ts';
import type { Entry, Offer, ShownEntry } from '../models/waitlist.ts';
import { appointmentProblems } from '../problems.ts';
import { findOffer } from '../repositories/waitlist-offer.repository.ts';
import { findEntryToChange } from '../repositories/waitlist.repository.ts';
import type { BookingService } from './booking.service.ts';
import type { OfferTokens } from './offer-token.ts';
import { maySee } from './sight.ts';
import type { WaitlistOffers } from './waitlist-offers.ts';
import { showEntry } from './waitlist-sight.ts';

export type AnswerDeps = {
  database: Database;
  clock: Clock;
  booking: BookingService;
  offers: WaitlistOffers;
  tokens: OfferTokens;
};
export type WaitlistAnswers = ReturnType<typeof createWaitlistAnswers>;

const { offer_not_found, offer_expired, offer_used } = appointmentProblems;

/** The two answers to an offer: each offer takes one. */
export const createWaitlistAnswers = ({ database, clock, booking, offers, tokens }: AnswerDeps) => {
  /** The entry of an offer that can still be answered, locked. An offer to somebody else is as unknown as one that never was. */
  const findToAnswer = async (tx: Tx, ctx: Ctx, offerId: string): Promise<Entry & { offer: Offer }> => {
    const known = await findOffer(tx, offerId);
    const entry = known && (await findEntryToChange(tx, known.entryId));
    if (!entry || !maySee(ctx, { doctorId: known.doctorId, patientId: entry.patientId })) {
      throw new AppError(offer_not_found);
    }
    const { offer } = entry;
    if (offer?.id === offerId) {
      if (offer.expiresAt <= clock.now()) throw new AppError(offer_expired);
      return { ...entry, offer };
    }
    const ended = await findOffer(tx, offerId);
    throw new AppError(ended?.outcome === 'expired' ? offer_expired : offer_used);
  };

  return {
    /** Turns the offer into the appointment, in one transaction. 410 when it has expired, 409 when it was answered before. */
    accept: (ctx: Ctx, offerId: string, token: string | undefined): Promise<Appointment> =>
      database.transaction(ctx, async (tx) => {
        const entry = await findToAnswer(tx, ctx, offerId);
        if (token !== undefined && !tokens.isRight(ctx.tenantId, offerId, token)) {
          throw new AppError(offer_not_found, 'The token is not that of the offer.');
        }
        const { doctorId, serviceId, startsAt } = entry.offer;
        await offers.end(tx, ctx, entry, 'accepted');
        return booking.bookHeld(tx, ctx, { doctorId, serviceId, startsAt, patientId: entry.patientId });
      }),

    /** The patient keeps their place for other times; this one goes to the next. */
    decline: (ctx: Ctx, offerId: string): Promise<ShownEntry> =>
      database.transaction(ctx, async (tx) => {
        const entry = await findToAnswer(tx, ctx, offerId);
        return showEntry(ctx, tokens, await offers.end(tx, ctx, entry, 'declined'));
      }),
  };
};
