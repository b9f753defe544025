import type { Entry, Offer, Outcome } from './waitlist.ts';

const payload = ({ patientId }: Entry, offer: Offer) => ({
  entryId: offer.entryId,
  offerId: offer.id,
  patientId,
  doctorId: offer.doctorId,
  serviceId: offer.serviceId,
  startsAt: offer.startsAt.toISOString(),
  endsAt: offer.endsAt.toISOString(),
});

/** Holds no secret: the offer's token is made anew for whoever may have it. */
export const offerMade = (entry: Entry, offer: Offer) =>
  ({
    type: 'waitlist.offer_made',
    payload: { ...payload(entry, offer), expiresAt: offer.expiresAt.toISOString() },
  }) as const;

export const offerEnded = (entry: Entry, offer: Offer, outcome: Outcome) =>
  ({ type: 'waitlist.offer_ended', payload: { ...payload(entry, offer), outcome } }) as const;

export const entryMade = ({ id, patientId, doctorId, serviceId }: Entry) =>
  ({ type: 'waitlist.entered', payload: { entryId: id, patientId, doctorId, serviceId } }) as const;

/** Somebody waits no more: they left, or what they waited for has passed. */
export const entryClosed = ({ id, patientId, status }: Entry) =>
  ({ type: 'waitlist.closed', payload: { entryId: id, patientId, status } }) as const;
