import { z } from 'zod';
import { pageOf } from '../../../shared/types/page.ts';
import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { DoctorController } from '../controllers/doctor.controller.ts';
import { affectedFields } from '../models/availability.ts';
import { Doctor } from '../models/doctor.ts';
import { tenantProblems } from '../../tenants/index.ts';
import { doctorProblems } from '../problems.ts';
import { DoctorParams } from '../validators/availability.ts';
import { CreateDoctor, ListDoctors, SetDoctorStatus, UpdateDoctor } from '../validators/doctor.ts';

const { doctor_not_found, doctor_exists, user_not_found, service_not_found, still_booked } = doctorProblems;
const { version_conflict } = commonProblems;

export const doctorRoutes = (controller: DoctorController): RouteGroup => {
  const change = (method: 'patch' | 'put') =>
    route({
      method,
      path: '/:id',
      summary: 'Change a doctor; fields that are not given stay as they are',
      description: 'Appointments that this affects are listed, and stay as they are.',
      access: 'doctors:write',
      params: DoctorParams,
      body: UpdateDoctor,
      response: [200, z.object({ ...Doctor.shape, ...affectedFields })],
      problems: [
        doctor_not_found,
        doctor_exists,
        user_not_found,
        service_not_found,
        tenantProblems.plan_limit_reached,
        version_conflict,
      ],
      handle: controller.update,
    });
  return {
    tag: 'Doctors',
    base: '/doctors',
    routes: [
      route({
        method: 'post',
        path: '/',
        summary: 'Add a doctor, with or without a login',
        access: 'doctors:manage',
        body: CreateDoctor,
        response: [201, Doctor],
        problems: [doctor_exists, user_not_found, service_not_found, tenantProblems.plan_limit_reached],
        handle: controller.create,
      }),
      route({
        method: 'get',
        path: '/',
        summary: 'Find doctors by name, specialization, service, location or language',
        access: 'doctors:read',
        query: ListDoctors,
        response: [200, pageOf(Doctor)],
        handle: controller.list,
      }),
      route({
        method: 'get',
        path: '/:id',
        summary: 'Get a doctor',
        access: 'doctors:read',
        params: DoctorParams,
        response: [200, Doctor],
        problems: [doctor_not_found],
        handle: controller.get,
      }),
      change('patch'),
      change('put'),
      route({
        method: 'delete',
        path: '/:id',
        summary: 'Remove a doctor; appointments of the past stay',
        access: 'doctors:manage',
        params: DoctorParams,
        response: [204],
        problems: [doctor_not_found, still_booked, version_conflict],
        handle: controller.remove,
      }),
      route({
        method: 'put',
        path: '/:id/status',
        summary: 'Say whether the doctor is there',
        access: 'doctors:write',
        params: DoctorParams,
        body: SetDoctorStatus,
        response: [200, Doctor],
        problems: [doctor_not_found],
        handle: controller.setStatus,
      }),
    ],
  };
};
