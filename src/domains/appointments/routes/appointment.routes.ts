import { pageOf } from '../../../shared/types/page.ts';
import { commonProblems, type Problem } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import { patientProblems } from '../../patients/index.ts';
import type { AppointmentController } from '../controllers/appointment.controller.ts';
import { Appointment } from '../models/appointment.ts';
import { Hold } from '../models/hold.ts';
import { HistoryEntry } from '../models/history.ts';
import { appointmentProblems } from '../problems.ts';
import type { VisitStep } from '../services/appointment.service.ts';
import {
  AppointmentParams,
  BookAppointment,
  CancelAppointment,
  HoldSlot,
  ListAppointments,
  ListHistory,
  UpdateAppointment,
} from '../validators/appointment.ts';
import { againstTheTime } from './against-the-time.ts';

const { appointment_not_found, invalid_transition, notice_too_short, appointment_limit_reached } =
  appointmentProblems;
const { hold_not_found, hold_expired, hold_mismatch } = appointmentProblems;
const { version_conflict } = commonProblems;
/** A visit that was pending without blocking its time takes it when it is confirmed. */
const { slot_taken, patient_busy, room_taken } = appointmentProblems;

export const appointmentRoutes = (controller: AppointmentController): RouteGroup => {
  const step = (path: `/:id/${string}`, to: VisitStep, summary: string, against: readonly Problem[] = []) =>
    route({
      method: 'post',
      path,
      summary,
      access: 'appointments:manage',
      params: AppointmentParams,
      response: [200, Appointment],
      problems: [appointment_not_found, invalid_transition, version_conflict, ...against],
      handle: controller.advance(to),
    });
  return {
    tag: 'Appointments',
    base: '/appointments',
    routes: [
      route({
        method: 'post',
        path: '/holds',
        summary: 'Keep a time for some minutes, exclusively',
        description:
          'The clinic’s holdMinutes say for how long. Booking with its id turns the hold into the appointment.',
        access: 'appointments:write',
        body: HoldSlot,
        response: [201, Hold],
        problems: [...againstTheTime, patientProblems.patient_not_found],
        handle: controller.hold,
      }),
      route({
        method: 'delete',
        path: '/holds/:id',
        summary: 'Give a held time back',
        access: 'appointments:write',
        params: AppointmentParams,
        response: [204],
        problems: [hold_not_found],
        handle: controller.release,
      }),
      route({
        method: 'post',
        path: '/',
        summary: 'Book an appointment',
        description:
          'Confirmed at once, or pending where the service requires confirmation. A patient takes an offered slot; staff take any start on the five-minute grain inside working time. 409 slot_taken carries the nearest free slots as alternatives.',
        access: 'appointments:write',
        body: BookAppointment,
        response: [201, Appointment],
        problems: [
          ...againstTheTime,
          patientProblems.patient_not_found,
          appointment_limit_reached,
          hold_not_found,
          hold_expired,
          hold_mismatch,
        ],
        handle: controller.book,
      }),
      route({
        method: 'get',
        path: '/',
        summary: 'List appointments by start; a doctor sees the own calendar, a patient the own visits',
        access: 'appointments:read',
        query: ListAppointments,
        response: [200, pageOf(Appointment)],
        handle: controller.list,
      }),
      route({
        method: 'get',
        path: '/:id',
        summary: 'Get an appointment',
        access: 'appointments:read',
        params: AppointmentParams,
        response: [200, Appointment],
        problems: [appointment_not_found],
        handle: controller.get,
      }),
      route({
        method: 'put',
        path: '/:id',
        summary: 'Change an appointment; another time, place, doctor or service is one atomic move',
        access: 'appointments:write',
        params: AppointmentParams,
        body: UpdateAppointment,
        response: [200, Appointment],
        problems: [...againstTheTime, appointment_not_found, invalid_transition, version_conflict],
        handle: controller.update,
      }),
      route({
        method: 'delete',
        path: '/:id',
        summary: 'Cancel an appointment; its time is free at once',
        access: 'appointments:write',
        params: AppointmentParams,
        body: CancelAppointment,
        response: [200, Appointment],
        problems: [appointment_not_found, invalid_transition, notice_too_short, version_conflict],
        handle: controller.cancel,
      }),
      step('/:id/confirm', 'confirmed', 'Confirm a pending appointment', [
        slot_taken,
        patient_busy,
        room_taken,
      ]),
      step('/:id/check-in', 'checked_in', 'The patient has arrived'),
      step('/:id/start', 'in_progress', 'The visit begins'),
      step('/:id/complete', 'completed', 'The visit is over'),
      step('/:id/no-show', 'no_show', 'The patient did not come'),
      route({
        method: 'get',
        path: '/:id/history',
        summary: 'What happened to an appointment, oldest first',
        access: 'appointments:read',
        params: AppointmentParams,
        query: ListHistory,
        response: [200, pageOf(HistoryEntry)],
        problems: [appointment_not_found],
        handle: controller.history,
      }),
    ],
  };
};
