import { z } from 'zod';
import { pageOf } from '../../../shared/types/page.ts';
import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { DoctorController } from '../controllers/doctor.controller.ts';
import { affectedFields, Availability, Override, WeeklyHours } from '../models/availability.ts';
import { doctorProblems } from '../problems.ts';
import { CreateOverride, DoctorParams, ListOverrides, OverrideParams } from '../validators/availability.ts';

const { doctor_not_found, location_not_found, override_not_found, service_not_found } = doctorProblems;

export const availabilityRoutes = (controller: DoctorController): RouteGroup => ({
  tag: 'Availability',
  base: '/doctors',
  routes: [
    route({
      method: 'get',
      path: '/:id/availability',
      summary: 'Get the weekly hours of a doctor',
      access: 'doctors:read',
      params: DoctorParams,
      response: [200, Availability],
      problems: [doctor_not_found],
      handle: controller.getAvailability,
    }),
    route({
      method: 'put',
      path: '/:id/availability',
      summary: 'Replace the weekly hours of a doctor',
      description:
        'Appointments that the new hours leave outside working time are listed, and stay as they are.',
      access: 'doctors:write',
      params: DoctorParams,
      body: WeeklyHours,
      response: [200, z.object({ ...Availability.shape, ...affectedFields })],
      problems: [doctor_not_found, location_not_found, service_not_found, commonProblems.version_conflict],
      handle: controller.replaceAvailability,
    }),
    route({
      method: 'post',
      path: '/:id/availability/overrides',
      summary: 'Replace the weekly hours on some dates',
      description:
        'An interval may name the location at which the doctor works then. Appointments that this leaves outside working time are listed, and stay as they are.',
      access: 'doctors:write',
      params: DoctorParams,
      body: CreateOverride,
      response: [201, z.object({ ...Override.shape, ...affectedFields })],
      problems: [doctor_not_found, location_not_found],
      handle: controller.addOverride,
    }),
    route({
      method: 'get',
      path: '/:id/availability/overrides',
      summary: 'List the dates with other hours',
      access: 'doctors:read',
      params: DoctorParams,
      query: ListOverrides,
      response: [200, pageOf(Override)],
      problems: [doctor_not_found],
      handle: controller.listOverrides,
    }),
    route({
      method: 'delete',
      path: '/:id/availability/overrides/:overrideId',
      summary: 'Remove an override; the weekly hours are in effect again',
      access: 'doctors:write',
      params: OverrideParams,
      response: [204],
      problems: [doctor_not_found, override_not_found],
      handle: controller.removeOverride,
    }),
  ],
});
