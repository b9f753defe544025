import type { Ctx } from '../../../shared/types/context.ts';
import type { PageQuery } from '../../../shared/types/page.ts';
import type { AppointmentService, VisitStep } from '../services/appointment.service.ts';
import type { BookingService } from '../services/booking.service.ts';
import type { HoldService } from '../services/hold.service.ts';
import type { RescheduleService } from '../services/reschedule.service.ts';
import type {
  BookAppointment,
  CancelAppointment,
  HoldSlot,
  ListAppointments,
  UpdateAppointment,
} from '../validators/appointment.ts';

type One = { params: { id: string } };
type Change = One & { ifMatch: number | undefined };

export type AppointmentVerbs = {
  booking: BookingService;
  reschedule: RescheduleService;
  holds: HoldService;
  appointments: AppointmentService;
};

export const createAppointmentController = ({
  booking,
  reschedule,
  holds,
  appointments,
}: AppointmentVerbs) => ({
  hold: (ctx: Ctx, { body }: { body: HoldSlot }) => holds.hold(ctx, body),
  release: (ctx: Ctx, { params }: One) => holds.release(ctx, params.id),
  book: (ctx: Ctx, { body }: { body: BookAppointment }) => booking.book(ctx, body),
  list: (ctx: Ctx, { query }: { query: ListAppointments }) => appointments.list(ctx, query),
  get: (ctx: Ctx, { params }: One) => appointments.get(ctx, params.id),
  update: (ctx: Ctx, { params, body, ifMatch }: Change & { body: UpdateAppointment }) =>
    reschedule.update(ctx, params.id, body, ifMatch),
  cancel: (ctx: Ctx, { params, body, ifMatch }: Change & { body: CancelAppointment }) =>
    appointments.cancel(ctx, params.id, body?.reason, ifMatch),
  advance:
    (to: VisitStep) =>
    (ctx: Ctx, { params, ifMatch }: Change) =>
      appointments.advance(ctx, params.id, to, ifMatch),
  history: (ctx: Ctx, { params, query }: One & { query: PageQuery }) =>
    appointments.history(ctx, params.id, query),
});
export type AppointmentController = ReturnType<typeof createAppointmentController>;
