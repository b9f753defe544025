import type { Db, Tx } from '../../database/db.ts';
import type { RequestCtx } from '../../shared/types/context.ts';
import type { Role } from '../../shared/config/permissions.ts';

/** A visit as messages need to know it: nothing that was said about the patient. */
export type Visit = {
  readonly id: string;
  readonly doctorId: string;
  readonly patientId: string;
  readonly serviceId: string;
  readonly locationId: string | null;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly timezone: string;
  readonly status: string;
};

/** What becomes of a patient's answer: done, too late for the clinic's notice, or not possible for a visit as it is. */
export type VisitAnswer = 'done' | 'too_late' | 'not_possible';

/** What notifications ask of appointments. */
export type VisitsPort = {
  find(db: Db, id: string): Promise<Visit | undefined>;
  /** Visits from `from` on that may still take place, in the order of their ids. */
  listUpcoming(db: Db, from: Date, page: { after: string | undefined; limit: number }): Promise<Visit[]>;
  /** The visit as an invitation that calendars take in, follow and take out again (RFC 5546). */
  invitation(
    db: Db,
    id: string,
    parties: { organizerEmail: string; attendeeEmail: string },
  ): Promise<{ method: 'REQUEST' | 'CANCEL'; text: string } | undefined>;
  /** The patient says that they come, to the time that is booked. */
  confirmAttendance(tx: Tx, ctx: RequestCtx, visit: Pick<Visit, 'id'>): Promise<VisitAnswer>;
  /** The patient cancels, if the clinic's notice allows it. */
  cancelByPatient(tx: Tx, ctx: RequestCtx, visit: Pick<Visit, 'id'>): Promise<VisitAnswer>;
};

/** What notifications ask of doctors about a time that is on offer. */
export type VisitZones = {
  findBookable(
    db: Db,
    ids: { doctorId: string; serviceId: string },
  ): Promise<{ readonly timezone: string } | undefined>;
};

export type UserContact = {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly firstName: string;
  readonly active: boolean;
};

/** A letter that carries the link of an account. The link is a secret: it is made anew when the letter is written, and stands nowhere. */
export type AccountLetter = {
  readonly email: string;
  readonly firstName: string | null;
  readonly url: string;
  readonly expiresAt: Date;
};

/** What notifications ask of accounts. */
export type UsersPort = {
  find(db: Db, id: string): Promise<UserContact | undefined>;
  /** The active administrators. */
  listAdminIds(db: Db): Promise<string[]>;
  /** Nothing once the letter would be pointless: the link is used up, or whom it is for is gone. */
  letterOf(db: Db, linkId: string): Promise<AccountLetter | undefined>;
};
