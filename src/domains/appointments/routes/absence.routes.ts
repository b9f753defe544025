import { pageOf } from '../../../shared/types/page.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import {
  Absence,
  AbsenceParams,
  CreateAbsence,
  DoctorParams,
  doctorProblems,
  ListAbsences,
} from '../../doctors/index.ts';
import type { AbsenceController } from '../controllers/absence.controller.ts';
import { AbsenceReport, AbsenceView } from '../models/absence.ts';
import { appointmentProblems } from '../problems.ts';
import { ApplyAbsence } from '../validators/absence.ts';

const { doctor_not_found, absence_not_found, absence_overlaps } = doctorProblems;
const { appointment_not_found, absence_running } = appointmentProblems;

export const absenceRoutes = (controller: AbsenceController): RouteGroup => ({
  tag: 'Absences',
  base: '/doctors',
  routes: [
    route({
      method: 'post',
      path: '/:id/absences',
      summary: 'Enter the absence of a doctor; nobody can book that time any more',
      description:
        'From one instant to another, or whole days by two dates. The visits in that time are listed, each with up to three proposals: the nearest times with another doctor who gives the service, and later ones with the same doctor. The first proposals of all visits go together. Nothing happens to the visits until the absence is applied.',
      access: 'doctors:write',
      params: DoctorParams,
      body: CreateAbsence,
      response: [201, AbsenceView],
      problems: [doctor_not_found, absence_overlaps],
      handle: controller.enter,
    }),
    route({
      method: 'get',
      path: '/:id/absences',
      summary: 'List the absences of a doctor; from and to leave only those that have some of that time',
      access: 'doctors:write',
      params: DoctorParams,
      query: ListAbsences,
      response: [200, pageOf(Absence)],
      problems: [doctor_not_found],
      handle: controller.list,
    }),
    route({
      method: 'get',
      path: '/:id/absences/:absenceId',
      summary:
        'Get an absence with the visits that it affects as they are now, and the report on what was decided',
      access: 'doctors:write',
      params: AbsenceParams,
      response: [200, AbsenceView],
      problems: [absence_not_found],
      handle: controller.get,
    }),
    route({
      method: 'post',
      path: '/:id/absences/:absenceId/apply',
      summary: 'Move, offer or cancel the visits of an absence',
      description:
        'move: to the proposal, or to the best time that can be had. offer: the visit is cancelled, and its patient gets that time as an offer of the waitlist, where they stand first. cancel: the time is given up. Each visit is done on its own; what takes longer than some seconds goes on after the answer, and GET shows how far it is. Sending it again does nothing to what is done, and decides anew about what has failed. A visit that somebody has changed is left alone, and reported as changed. A doctor moves visits within the own calendar only.',
      access: 'appointments:manage',
      params: AbsenceParams,
      body: ApplyAbsence,
      response: [200, AbsenceReport],
      problems: [absence_not_found, appointment_not_found, doctor_not_found],
      handle: controller.apply,
    }),
    route({
      method: 'delete',
      path: '/:id/absences/:absenceId',
      summary:
        'Remove an absence; its time can be booked again, and visits that were moved stay where they are',
      access: 'doctors:write',
      params: AbsenceParams,
      response: [204],
      problems: [absence_not_found, absence_running],
      handle: controller.remove,
    }),
  ],
});
