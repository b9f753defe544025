import type { AuditTrail } from '../../database/audit.ts';
import type { Database, Db } from '../../database/db.ts';
import type { Outbox } from '../../database/outbox.ts';
import type { Reaction } from '../../events/reaction.ts';
import type { Config } from '../../shared/config/config.ts';
import type { Ctx } from '../../shared/types/context.ts';
import type { Clock } from '../../shared/utils/clock.ts';
import type { Logger } from '../../shared/utils/logger.ts';
import type { RouteGroup } from '../../shared/utils/route.ts';
import type { Absences, DoctorsPort } from '../doctors/index.ts';
import type { ExportSource, PatientsPort, Visits as VisitsOfPatients } from '../patients/index.ts';
import type { TenantsPort } from '../tenants/index.ts';
import type { Appointment } from './models/appointment.ts';
import { createAbsenceController } from './controllers/absence.controller.ts';
import { findLastEnd, isTreating, listTreatedPatientIds } from './repositories/patient-visits.repository.ts';
import { createAppointmentController } from './controllers/appointment.controller.ts';
import { createCalendarController } from './controllers/calendar.controller.ts';
import { createSeriesController } from './controllers/series.controller.ts';
import { createSlotController } from './controllers/slot.controller.ts';
import { createWaitlistController } from './controllers/waitlist.controller.ts';
import {
  findAppointment,
  listUpcomingAppointments,
  listUpcomingVisits,
} from './repositories/appointment.repository.ts';
import { absenceRoutes } from './routes/absence.routes.ts';
import { appointmentRoutes } from './routes/appointment.routes.ts';
import { calendarRoutes } from './routes/calendar.routes.ts';
import { seriesRoutes } from './routes/series.routes.ts';
import { slotRoutes } from './routes/slot.routes.ts';
import { waitlistRoutes } from './routes/waitlist.routes.ts';
import { createAbsenceApplyService } from './services/absence-apply.service.ts';
import { createAbsenceWorker } from './services/absence-worker.ts';
import { createAbsenceService } from './services/absence.service.ts';
import { createAppointmentService } from './services/appointment.service.ts';
import { createBookingService } from './services/booking.service.ts';
import { createCalendarFeedService } from './services/calendar-feed.service.ts';
import {
  type CalendarReading,
  type CalendarReadingDeps,
  createCalendarReading,
} from './services/calendar-reading.service.ts';
import { createCalendar } from './services/calendar.ts';
import { createFreeSlotService } from './services/free-slots.service.ts';
import { createHoldService } from './services/hold.service.ts';
import { createJournal } from './services/journal.ts';
import { createPatientAnswers } from './services/patient-answers.ts';
import { createOfferTokens } from './services/offer-token.ts';
import { createProposals } from './services/proposals.ts';
import { maySee } from './services/sight.ts';
import { createVisitExport } from './services/visit-export.ts';
import { createPatientVisits } from './services/patient-visits.ts';
import { createRescheduleService } from './services/reschedule.service.ts';
import { createSeriesMoveService } from './services/series-move.service.ts';
import { createSeriesService } from './services/series.service.ts';
import { createSlotExplanationService } from './services/slot-explanation.service.ts';
import { createSlotService } from './services/slot.service.ts';
import { createStartQueue } from './services/start-queue.ts';
import { createVisitPlanner } from './services/visit-planner.ts';
import { createWaitlistAnswers } from './services/waitlist-answers.ts';
import { createWaitlistOffers } from './services/waitlist-offers.ts';
import { createWaitlistReaction } from './services/waitlist-reaction.ts';
import { createWaitlistSweep } from './services/waitlist-sweep.ts';
import { createWaitlistService } from './services/waitlist.service.ts';

export { type LoadedVisit, loadVisits, untoldEventsOf } from './services/bulk-load.ts';
export { appointmentChores } from './chores.ts';
export { appointmentEvents } from './events.ts';
export { appointmentProblems } from './problems.ts';

/** What other domains may ask of appointments. */
export const appointmentsPort = {
  upcomingVisits: listUpcomingVisits,
  treats: isTreating,
  treatedBy: listTreatedPatientIds,
  lastEndOf: findLastEnd,
  localStartOf: async (db: Db, appointmentId: string) =>
    (await findAppointment(db, appointmentId))?.localStart,
  /** Whose appointment it is, and how it stands, if the caller may know of it. */
  visit: async (db: Db, ctx: Ctx, appointmentId: string) => {
    const appointment = await findAppointment(db, appointmentId);
    if (!appointment || !maySee(ctx, appointment)) return undefined;
    const { doctorId, patientId, status } = appointment;
    return { doctorId, patientId, status };
  },
};

export type AppointmentsDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  logger: Logger;
  config: Pick<Config, 'jwt' | 'publicUrl'>;
  tenants: TenantsPort;
  doctors: DoctorsPort;
  absences: Absences;
  patients: PatientsPort;
  standingOf: CalendarReadingDeps['standingOf'];
};

type HappenedEvent = {
  readonly tenantId: string;
  readonly type: string;
  readonly payload: unknown;
  readonly requestId: string;
};

/** What moves the waitlist on. `sweep` is to be called every few seconds. */
export type Waitlist = {
  readonly reaction: Reaction<HappenedEvent>;
  sweep(): Promise<void>;
};

/** What messages about visits need to know and to do. */
export type Visits = {
  find(db: Db, id: string): Promise<Appointment | undefined>;
  listUpcoming: typeof listUpcomingAppointments;
  readonly invitation: CalendarReading['invitation'];
} & ReturnType<typeof createPatientAnswers>;

/** What carries on with what was decided about absences: to be called every few seconds. */
export type AbsenceSweep = { sweep(): Promise<void> };

type AppointmentsDomain = {
  readonly routes: RouteGroup[];
  readonly waitlist: Waitlist;
  readonly absences: AbsenceSweep;
  /** What the register of patients asks and tells. */
  readonly ofPatients: VisitsOfPatients;
  readonly visits: Visits;
  readonly exportOf: ExportSource;
};

export const createAppointments = (deps: AppointmentsDeps): AppointmentsDomain => {
  const planner = createVisitPlanner(deps);
  const calendar = createCalendar(deps);
  const journal = createJournal(deps);
  const slots = createSlotService({ ...deps, planner });
  const starts = createStartQueue({ ...deps, planner, slots });
  const holds = createHoldService({ ...deps, planner, calendar, slots, starts });
  const parts = { ...deps, planner, calendar, journal, slots, starts, holds };
  const booking = createBookingService(parts);
  const reschedule = createRescheduleService(parts);
  const appointments = createAppointmentService(parts);
  const controller = createAppointmentController({ booking, reschedule, holds, appointments });
  const seriesController = createSeriesController({
    series: createSeriesService({ ...parts, booking, appointments }),
    seriesMove: createSeriesMoveService({ ...parts, reschedule }),
  });
  const slotController = createSlotController({
    slots,
    freeSlots: createFreeSlotService(parts),
    explanations: createSlotExplanationService(parts),
  });
  const offers = createWaitlistOffers(parts);
  const tokens = createOfferTokens(deps.config.jwt.refreshSecret);
  const waitlistParts = { ...parts, booking, offers, tokens };
  const waitlistController = createWaitlistController(
    createWaitlistService(waitlistParts),
    createWaitlistAnswers(waitlistParts),
  );
  const absenceParts = { ...parts, reschedule, appointments, offers, proposals: createProposals(parts) };
  const absenceApply = createAbsenceApplyService({
    ...absenceParts,
    worker: createAbsenceWorker(absenceParts),
  });
  const absenceController = createAbsenceController(createAbsenceService(absenceParts), absenceApply);
  const calendarReading = createCalendarReading(deps);
  const calendars = createCalendarController(createCalendarFeedService(deps), calendarReading);
  return {
    routes: [
      // Before /appointments/:id, which would take "series" for an id.
      seriesRoutes(seriesController),
      appointmentRoutes(controller),
      ...slotRoutes(slotController),
      waitlistRoutes(waitlistController),
      absenceRoutes(absenceController),
      ...calendarRoutes(calendars),
    ],
    exportOf: createVisitExport(deps),
    ofPatients: createPatientVisits({ ...parts, appointments, offers }),
    visits: {
      find: findAppointment,
      listUpcoming: listUpcomingAppointments,
      invitation: calendarReading.invitation,
      ...createPatientAnswers({ ...parts, appointments }),
    },
    absences: { sweep: absenceApply.sweep },
    waitlist: { reaction: createWaitlistReaction(waitlistParts), ...createWaitlistSweep(waitlistParts) },
  };
};
