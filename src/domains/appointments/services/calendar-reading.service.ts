import type { Database, Db } from '../../../database/db.ts';
import type { Permission, Role } from '../../../shared/config/permissions.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/time/units.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import type { Logger } from '../../../shared/utils/logger.ts';
import type { DoctorsPort } from '../../doctors/index.ts';
import type { PatientsPort } from '../../patients/index.ts';
import type { Tenant, TenantsPort } from '../../tenants/index.ts';
import type { CalendarFeed } from '../models/calendar-feed.ts';
import { hashOfSecret, tenantOfSecret } from '../models/calendar-secret.ts';
import { eventOf, namedIn } from '../models/calendar-visit.ts';
import { writeCalendar } from '../models/icalendar.ts';
import { appointmentProblems } from '../problems.ts';
import { findAppointment, type Reach } from '../repositories/appointment.repository.ts';
import { findFeedBySecret, touchFeed } from '../repositories/calendar-feed.repository.ts';
import { listCalendarVisits } from '../repositories/calendar-visit.repository.ts';
import { demandSight } from './sight.ts';

export type CalendarReadingDeps = {
  database: Database;
  clock: Clock;
  logger: Logger;
  tenants: Pick<TenantsPort, 'findById'>;
  doctors: Pick<DoctorsPort, 'doctorOfUser' | 'visitNames'>;
  patients: Pick<PatientsPort, 'patientOfUser'>;
  /** What a user who may still log in is and may do. */
  standingOf: (
    db: Db,
    userId: string,
  ) => Promise<{ role: Role; permissions: ReadonlySet<Permission> } | undefined>;
};
export type CalendarReading = ReturnType<typeof createCalendarReading>;

const DAYS_BACK = 30;
const DAYS_AHEAD = 365;
const REFRESH_HOURS = 1;

/** Writes appointments as iCalendar. */
export const createCalendarReading = (deps: CalendarReadingDeps) => {
  const { database, clock, tenants, doctors } = deps;

  return {
    /** One appointment, as a patient keeps it, whoever asks; cancelled, it takes itself out of calendars. */
    ofAppointment: async (ctx: Ctx, id: string): Promise<string> => {
      const db = database.read(ctx.tenantId);
      const appointment = demandSight(ctx, await findAppointment(db, id));
      const names = await doctors.visitNames(db, namedIn([appointment]));
      return writeCalendar({
        method: appointment.status === 'cancelled' ? 'CANCEL' : 'PUBLISH',
        organizer: organizerOf(ctx.tenantId, await tenants.findById(ctx.tenantId)),
        events: [eventOf(appointment, names, 'patient')],
      });
    },

    /** One appointment as an invitation to its patient; nothing for one that is not there. */
    invitation: async (
      db: Db,
      id: string,
      { organizerEmail, attendeeEmail }: { organizerEmail: string; attendeeEmail: string },
    ): Promise<{ method: 'REQUEST' | 'CANCEL'; text: string } | undefined> => {
      const appointment = await findAppointment(db, id);
      if (!appointment) return undefined;
      const names = await doctors.visitNames(db, namedIn([appointment]));
      const method = appointment.status === 'cancelled' ? 'CANCEL' : 'REQUEST';
      const { name } = organizerOf(db.tenantId, await tenants.findById(db.tenantId));
      const text = writeCalendar({
        method,
        organizer: { name, uri: `mailto:${organizerEmail}` },
        attendee: `mailto:${attendeeEmail}`,
        events: [eventOf(appointment, names, 'patient')],
      });
      return { method, text };
    },

    /** The calendar behind a secret; 404 for a secret, a tenant or a user that opens nothing any more. */
    ofSecret: async (secret: string): Promise<string> => {
      const { tenant, feed, reach } = await findOpenFeed(deps, secret);
      noteUsed(deps, tenant.id, feed);
      const db = database.read(tenant.id);
      const now = clock.now().getTime();
      const window = { from: new Date(now - DAYS_BACK * DAY_MS), to: new Date(now + DAYS_AHEAD * DAY_MS) };
      const visits = await listCalendarVisits(db, reach, window);
      const { doctorIds, ...others } = namedIn(visits);
      const names = await doctors.visitNames(db, { ...others, doctorIds: [...doctorIds, ...ownerOf(feed)] });
      const doctor = feed.doctorId === null ? undefined : names.doctors.get(feed.doctorId);
      return writeCalendar({
        method: 'PUBLISH',
        subscription: {
          name: doctor === undefined ? tenant.name : `${doctor} – ${tenant.name}`,
          refreshHours: REFRESH_HOURS,
        },
        organizer: organizerOf(tenant.id, tenant),
        events: visits.map((visit) => eventOf(visit, names, feed.scope)),
      });
    },
  };
};

const organizerOf = (tenantId: string, tenant: Tenant | undefined) => ({
  name: tenant?.name ?? '',
  uri: `urn:uuid:${tenantId}`,
});

const ownerOf = ({ doctorId }: CalendarFeed): string[] => (doctorId === null ? [] : [doctorId]);

const findOpenFeed = async (deps: CalendarReadingDeps, secret: string) => {
  const tenantId = tenantOfSecret(secret);
  const tenant = tenantId === undefined ? undefined : await deps.tenants.findById(tenantId);
  if (tenant?.status !== 'active') throw closed();
  const db = deps.database.read(tenant.id);
  const feed = await findFeedBySecret(db, hashOfSecret(secret));
  const reach = feed && (await reachOfOwner(deps, db, feed));
  if (!feed || !reach) throw closed();
  return { tenant, feed, reach };
};

const closed = () => new AppError(appointmentProblems.calendar_feed_not_found);

/** What the user who made the feed may see of it now; nothing once they may not. */
const reachOfOwner = async (
  { doctors, patients, standingOf }: CalendarReadingDeps,
  db: Db,
  { userId, doctorId }: CalendarFeed,
): Promise<Reach | undefined> => {
  const standing = await standingOf(db, userId);
  if (standing === undefined) return undefined;
  const { role, permissions } = standing;
  if (doctorId === null) {
    const patientId = role === 'patient' ? await patients.patientOfUser(db, userId) : undefined;
    return patientId === undefined ? undefined : { patientId };
  }
  if (permissions.has('appointments:read')) return { doctorId };
  const isOwn =
    role === 'doctor' &&
    permissions.has('appointments:read:own') &&
    (await doctors.doctorOfUser(db, userId)) === doctorId;
  return isOwn ? { doctorId } : undefined;
};

/** Once a minute, and no reader waits for it. */
const noteUsed = ({ database, clock, logger }: CalendarReadingDeps, tenantId: string, feed: CalendarFeed) => {
  const now = clock.now();
  const aMinuteAgo = new Date(now.getTime() - MINUTE_MS);
  if (feed.lastUsedAt !== null && feed.lastUsedAt >= aMinuteAgo) return;
  database
    .transaction({ tenantId }, (tx) => touchFeed(tx, feed.id, now, aMinuteAgo))
    .catch((error: unknown) => {
      logger.debug({ err: error }, 'A calendar feed could not be noted as used');
    });
};
