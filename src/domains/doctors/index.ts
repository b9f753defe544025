import type { AuditTrail } from '../../database/audit.ts';
import type { Database, Db } from '../../database/db.ts';
import type { Outbox } from '../../database/outbox.ts';
import type { Interval } from '../../shared/time/interval.ts';
import type { Clock } from '../../shared/utils/clock.ts';
import type { RouteGroup } from '../../shared/utils/route.ts';
import type { TenantsPort } from '../tenants/index.ts';
import { createClosureImportController } from './controllers/closure-import.controller.ts';
import { createDoctorController } from './controllers/doctor.controller.ts';
import { type Departure, departuresAt } from './models/departure.ts';
import type { Session } from './models/working-time.ts';
import { doctorProblems } from './problems.ts';
import {
  type Bookable,
  findBookable,
  listBookable,
  lockBookable,
} from './repositories/bookable.repository.ts';
import { closureRepository } from './repositories/closure.repository.ts';
import {
  doctorRepository,
  findDoctorIdOfUser,
  findUserIdOfDoctor,
} from './repositories/doctor.repository.ts';
import { locationRepository } from './repositories/location.repository.ts';
import { findVisitNames } from './repositories/name.repository.ts';
import { roomRepository } from './repositories/room.repository.ts';
import { serviceRepository } from './repositories/service.repository.ts';
import { availabilityRoutes } from './routes/availability.routes.ts';
import { clinicRoutes } from './routes/clinic.routes.ts';
import { closureImportRoutes } from './routes/closure-import.routes.ts';
import { doctorRoutes } from './routes/doctor.routes.ts';
import { type Absences, createAbsences } from './services/absence.service.ts';
import { createAnnounceHours } from './services/announced-hours.ts';
import { recallBookables } from './services/bookable-memory.ts';
import { createAvailabilityService } from './services/availability.service.ts';
import { type CatalogueDeps, createCatalogue } from './services/catalogue.service.ts';
import { createClosureImportService } from './services/closure-import.service.ts';
import { createConsequences } from './services/consequences.ts';
import { createDoctorPresence, type DoctorPresence } from './services/doctor-presence.service.ts';
import { createDoctorService } from './services/doctor.service.ts';
import { createPlaceChanges } from './services/place-changes.ts';
import { createScheduleChanges, type UpcomingVisits } from './services/schedule-changes.ts';
import { loadSchedules } from './services/schedule.ts';
import { recallSessions } from './services/schedule-memory.ts';
import { createSettingsReaction } from './services/settings-reaction.ts';
import { placeForVisit } from './services/visit-places.ts';

export { announcedHours } from './services/announced-hours.ts';
export { doctorEvents } from './events.ts';
export { Absence, timeTaken } from './models/absence.ts';
export { doctorProblems } from './problems.ts';
export { AbsenceParams, CreateAbsence, ListAbsences } from './validators/absence.ts';
export { DoctorParams } from './validators/availability.ts';
export type { Absences } from './services/absence.service.ts';
export type { AffectedAppointment } from './models/availability.ts';
export { workingSessions, type Schedule, type Session } from './models/working-time.ts';
export type { Departure } from './models/departure.ts';
export type { Bookable } from './repositories/bookable.repository.ts';
export type { VisitNames } from './repositories/name.repository.ts';
export type { UpcomingVisits } from './services/schedule-changes.ts';

/** What other domains may ask of doctors. */
export type DoctorsPort = {
  doctorOfUser(db: Db, userId: string): Promise<string | undefined>;
  /** The account of a doctor who has one. */
  userOfDoctor(db: Db, doctorId: string): Promise<string | undefined>;
  exists(db: Db, doctorId: string): Promise<boolean>;
  readonly visitNames: typeof findVisitNames;
  findBookable: typeof findBookable;
  lockBookable: typeof lockBookable;
  listBookable: typeof listBookable;
  /** The same for what is asked again and again: from memory while no schedule changes. */
  recallBookables: typeof recallBookables;
  placeForVisit: typeof placeForVisit;
  /** For each of `bookables`, in their order: when the doctor works and gives the service inside `window` (epoch milliseconds). */
  sessions(db: Db, bookables: readonly Bookable[], window: Interval): Promise<Session[][]>;
  /** What keeps the doctor from giving the service at `visit` (epoch milliseconds), although it is in the weekly hours. */
  departures(db: Db, bookable: Bookable, visit: Interval): Promise<Departure[]>;
};

export const doctorsPort: DoctorsPort = {
  doctorOfUser: findDoctorIdOfUser,
  userOfDoctor: findUserIdOfDoctor,
  exists: async (db, doctorId) => (await doctorRepository.find(db, doctorId)) !== undefined,
  visitNames: findVisitNames,
  findBookable,
  lockBookable,
  listBookable,
  recallBookables,
  placeForVisit,
  sessions: recallSessions,
  departures: async (db, { doctorId, timezone, serviceId }, visit) => {
    const schedule = (await loadSchedules(db, [{ id: doctorId, timezone }], visit)).get(doctorId);
    return schedule ? departuresAt(schedule, visit, serviceId) : [];
  },
};

export type DoctorsDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  clock: Clock;
  timezoneOf: (tenantId: string) => Promise<string>;
  demandPlace: TenantsPort['demandPlace'];
  upcomingVisits: UpcomingVisits;
};

const { service_not_found, location_not_found, room_not_found, closure_not_found } = doctorProblems;

const createCatalogues = (deps: CatalogueDeps, consequences: ReturnType<typeof createConsequences>) => ({
  services: createCatalogue(
    {
      noun: 'service',
      notFound: service_not_found,
      repository: serviceRepository,
      isPublic: ({ active, bookableByPatients }) => active && bookableByPatients,
      consequences: consequences.services,
    },
    deps,
  ),
  locations: createCatalogue(
    {
      noun: 'location',
      notFound: location_not_found,
      repository: locationRepository,
      isPublic: ({ active }) => active,
      consequences: consequences.locations,
    },
    deps,
  ),
  rooms: createCatalogue(
    {
      noun: 'room',
      notFound: room_not_found,
      repository: roomRepository,
      isPublic: ({ active }) => active,
      consequences: consequences.rooms,
    },
    deps,
  ),
  closures: createCatalogue(
    {
      noun: 'closure',
      notFound: closure_not_found,
      repository: closureRepository,
      isPublic: () => true,
      consequences: consequences.closures,
    },
    deps,
  ),
});

type DoctorsDomain = {
  readonly routes: RouteGroup[];
  readonly absences: Absences;
  readonly presence: DoctorPresence;
  readonly announceHours: ReturnType<typeof createAnnounceHours>;
  /** What follows from the events of others. */
  readonly reaction: ReturnType<typeof createSettingsReaction>;
};

export const createDoctors = (deps: DoctorsDeps): DoctorsDomain => {
  const scheduleChanges = createScheduleChanges(deps);
  const placeChanges = createPlaceChanges({ ...deps, scheduleChanges });
  const changes = { scheduleChanges, placeChanges };
  const consequences = createConsequences({ ...deps, ...changes });
  const controller = createDoctorController(
    createDoctorService({ ...deps, consequences }),
    createAvailabilityService({ ...deps, ...changes }),
  );
  const imports = createClosureImportController(createClosureImportService({ ...deps, ...changes }));
  return {
    absences: createAbsences(deps),
    presence: createDoctorPresence(deps),
    announceHours: createAnnounceHours(deps),
    reaction: createSettingsReaction(deps),
    routes: [
      ...clinicRoutes(createCatalogues(deps, consequences)),
      closureImportRoutes(imports),
      doctorRoutes(controller),
      availabilityRoutes(controller),
    ],
  };
};
