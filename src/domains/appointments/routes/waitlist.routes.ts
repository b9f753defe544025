import { pageOf } from '../../../shared/types/page.ts';
import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import { doctorProblems } from '../../doctors/index.ts';
import { patientProblems } from '../../patients/index.ts';
import type { WaitlistController } from '../controllers/waitlist.controller.ts';
import { Appointment } from '../models/appointment.ts';
import { WaitlistEntry } from '../models/waitlist.ts';
import { appointmentProblems } from '../problems.ts';
import { AcceptOffer, EnterWaitlist, ListWaitlist, WaitlistParams } from '../validators/waitlist.ts';

const { doctor_not_found, service_not_found, service_not_offered } = doctorProblems;
const { waitlist_entry_not_found, waitlist_entry_closed, waitlist_full } = appointmentProblems;
const { offer_not_found, offer_expired, offer_used } = appointmentProblems;
const { outside_availability, appointment_limit_reached } = appointmentProblems;

export const waitlistRoutes = (controller: WaitlistController): RouteGroup => ({
  tag: 'Waitlist',
  base: '/waitlist',
  routes: [
    route({
      method: 'post',
      path: '/',
      summary: 'Wait for a time to become free',
      description:
        'With one doctor, any of a specialization, or any who gives the service. A time that becomes free is offered to whoever has waited longest and whom it suits; they have half an hour to answer. A patient who waits for exactly the same already keeps that place: the open entry is answered again, and no other is made.',
      access: 'appointments:write',
      body: EnterWaitlist,
      response: [201, WaitlistEntry],
      problems: [
        patientProblems.patient_not_found,
        doctor_not_found,
        service_not_found,
        service_not_offered,
        waitlist_full,
      ],
      handle: controller.enter,
    }),
    route({
      method: 'get',
      path: '/',
      summary: 'List those who wait, longest first; a patient sees the own entries',
      access: 'appointments:read',
      query: ListWaitlist,
      response: [200, pageOf(WaitlistEntry)],
      handle: controller.list,
    }),
    route({
      method: 'get',
      path: '/:id',
      summary: 'Get an entry, with the time that it is offered just now',
      access: 'appointments:read',
      params: WaitlistParams,
      response: [200, WaitlistEntry],
      problems: [waitlist_entry_not_found],
      handle: controller.get,
    }),
    route({
      method: 'delete',
      path: '/:id',
      summary: 'Leave the waitlist; a time on offer goes to the next',
      access: 'appointments:write',
      params: WaitlistParams,
      response: [204],
      problems: [waitlist_entry_not_found, waitlist_entry_closed, commonProblems.version_conflict],
      handle: controller.leave,
    }),
    route({
      method: 'post',
      path: '/offers/:id/accept',
      summary: 'Take the time that is offered: books it',
      description: 'Staff may answer for a patient.',
      access: 'appointments:write',
      params: WaitlistParams,
      body: AcceptOffer,
      response: [201, Appointment],
      problems: [
        offer_not_found,
        offer_expired,
        offer_used,
        outside_availability,
        service_not_offered,
        appointment_limit_reached,
      ],
      handle: controller.accept,
    }),
    route({
      method: 'post',
      path: '/offers/:id/decline',
      summary: 'Leave the time that is offered to the next; the place in the waitlist is kept',
      access: 'appointments:write',
      params: WaitlistParams,
      response: [200, WaitlistEntry],
      problems: [offer_not_found, offer_expired, offer_used],
      handle: controller.decline,
    }),
  ],
});
