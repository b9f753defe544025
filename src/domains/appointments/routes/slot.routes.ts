import { pageOf } from '../../../shared/types/page.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import { doctorProblems } from '../../doctors/index.ts';
import type { SlotController } from '../controllers/slot.controller.ts';
import { appointmentProblems } from '../problems.ts';
import {
  DoctorSlots,
  ExplainSlot,
  FreeSlot,
  FreeSlots,
  OfferedSlots,
  SlotExplanation,
  SlotParams,
} from '../validators/slots.ts';

const { doctor_not_found, service_not_found, service_not_offered } = doctorProblems;
const notBookable = [doctor_not_found, service_not_found, service_not_offered];

export const slotRoutes = (controller: SlotController): RouteGroup[] => [
  {
    tag: 'Slots',
    base: '/doctors',
    routes: [
      route({
        method: 'get',
        path: '/:id/slots',
        summary: 'The times at which a visit to a doctor can start',
        description:
          'Slots with from ≤ startsAt < to, at most 62 days. Patients see those between the clinic’s notice and horizon, staff see them from now on.',
        access: 'doctors:read',
        rateClass: 'search',
        params: SlotParams,
        query: DoctorSlots,
        response: [200, OfferedSlots],
        problems: [...notBookable, appointmentProblems.appointment_not_found],
        handle: controller.ofDoctor,
      }),
      route({
        method: 'get',
        path: '/:id/slots/explain',
        summary: 'Every reason for which a patient can or cannot start at a time',
        access: 'appointments:manage',
        params: SlotParams,
        query: ExplainSlot,
        response: [200, SlotExplanation],
        problems: [doctor_not_found, service_not_found],
        handle: controller.explain,
      }),
    ],
  },
  {
    tag: 'Slots',
    base: '/slots',
    routes: [
      route({
        method: 'get',
        path: '/',
        summary: 'The next free slots across doctors, earliest first',
        description: 'At most 31 days, for a service or a specialization.',
        access: 'doctors:read',
        rateClass: 'search',
        query: FreeSlots,
        response: [200, pageOf(FreeSlot)],
        handle: controller.free,
      }),
    ],
  },
];
