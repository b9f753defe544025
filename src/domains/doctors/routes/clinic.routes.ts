import { z } from 'zod';
import type { RouteGroup } from '../../../shared/utils/route.ts';
import { affectedFields } from '../models/availability.ts';
import { Closure } from '../models/closure.ts';
import { Location } from '../models/location.ts';
import { Room } from '../models/room.ts';
import { Service } from '../models/service.ts';
import { doctorProblems } from '../problems.ts';
import type { Catalogue } from '../services/catalogue.service.ts';
import { CreateClosure, ListClosures, UpdateClosure } from '../validators/closure.ts';
import { CreateLocation, ListLocations, UpdateLocation } from '../validators/location.ts';
import { CreateRoom, ListRooms, UpdateRoom } from '../validators/room.ts';
import { CreateService, ListServices, UpdateService } from '../validators/service.ts';
import { catalogueRoutes } from './catalogue.routes.ts';

const { service_not_found, location_not_found, room_not_found, closure_not_found } = doctorProblems;

const ServiceChanged = z.object({ ...Service.shape, ...affectedFields });
const LocationChanged = z.object({ ...Location.shape, ...affectedFields });
const RoomChanged = z.object({ ...Room.shape, ...affectedFields });
const ClosureChanged = z.object({ ...Closure.shape, ...affectedFields });

type ClinicCatalogues = {
  readonly services: Catalogue<Service, ListServices>;
  readonly locations: Catalogue<Location, ListLocations>;
  readonly rooms: Catalogue<Room, ListRooms>;
  readonly closures: Catalogue<Closure, ListClosures>;
};

/** What a clinic sets up once and then refers to. */
export const clinicRoutes = ({ services, locations, rooms, closures }: ClinicCatalogues): RouteGroup[] => [
  catalogueRoutes(
    {
      tag: 'Services',
      base: '/services',
      one: 'a service that can be booked',
      many: 'services; patients see those that they may book',
      schema: Service,
      changed: ServiceChanged,
      create: CreateService,
      update: UpdateService,
      query: ListServices,
      read: 'services:read',
      write: 'services:write',
      notFound: service_not_found,
    },
    services,
  ),
  catalogueRoutes(
    {
      tag: 'Locations',
      base: '/locations',
      one: 'a location',
      many: 'locations',
      schema: Location,
      changed: LocationChanged,
      create: CreateLocation,
      update: UpdateLocation,
      query: ListLocations,
      read: 'locations:read',
      write: 'locations:write',
      notFound: location_not_found,
    },
    locations,
  ),
  catalogueRoutes(
    {
      tag: 'Locations',
      base: '/rooms',
      one: 'a room',
      many: 'rooms',
      schema: Room,
      changed: RoomChanged,
      create: CreateRoom,
      update: UpdateRoom,
      query: ListRooms,
      read: 'locations:read',
      write: 'locations:write',
      notFound: room_not_found,
      missing: [location_not_found],
    },
    rooms,
  ),
  catalogueRoutes(
    {
      tag: 'Closures',
      base: '/closures',
      one: 'a closure, such as a public holiday',
      many: 'closures',
      schema: Closure,
      changed: ClosureChanged,
      added: ClosureChanged,
      create: CreateClosure,
      update: UpdateClosure,
      query: ListClosures,
      read: 'locations:read',
      write: 'locations:write',
      notFound: closure_not_found,
      missing: [location_not_found],
    },
    closures,
  ),
];
