import { type Ctx, ownPatientIds } from '../../../shared/types/context.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Entry, ShownEntry } from '../models/waitlist.ts';
import { appointmentProblems } from '../problems.ts';
import type { OfferTokens } from './offer-token.ts';
import { reachOf } from './sight.ts';

/** The entry, if the caller may know of it: it is their own, of their own calendar, or they see them all. 404 otherwise. */
export const demandEntry = (ctx: Ctx, entry: Entry | undefined): Entry => {
  const { doctorId, patientIds } = reachOf(ctx, 'appointments:read');
  const isWithinReach =
    entry !== undefined &&
    (doctorId === undefined || doctorId === entry.doctorId) &&
    (patientIds === undefined || patientIds.includes(entry.patientId));
  if (!isWithinReach) throw new AppError(appointmentProblems.waitlist_entry_not_found);
  return entry;
};

/** As the caller gets to see it: the token of an offer is the patient's alone. */
export const showEntry = (ctx: Ctx, tokens: OfferTokens, entry: Entry): ShownEntry => {
  const { offer } = entry;
  const isOwn = ctx.role === 'patient' && ownPatientIds(ctx).includes(entry.patientId);
  const token = offer && isOwn ? tokens.tokenOf(ctx.tenantId, offer.id) : null;
  return { ...entry, offer: offer && { ...offer, token } };
};
