import type { Ctx } from '../../../shared/types/context.ts';
import type { WeeklyHours } from '../models/availability.ts';
import type { AvailabilityService } from '../services/availability.service.ts';
import type { DoctorService } from '../services/doctor.service.ts';
import type { CreateOverride, ListOverrides } from '../validators/availability.ts';
import type { CreateDoctor, ListDoctors, SetDoctorStatus, UpdateDoctor } from '../validators/doctor.ts';

type One = { params: { id: string } };
type IfMatch = { ifMatch: number | undefined };

export const createDoctorController = (doctors: DoctorService, availability: AvailabilityService) => ({
  create: (ctx: Ctx, { body }: { body: CreateDoctor }) => doctors.create(ctx, body),
  list: (ctx: Ctx, { query }: { query: ListDoctors }) => doctors.list(ctx, query),
  get: (ctx: Ctx, { params }: One) => doctors.get(ctx, params.id),
  update: (ctx: Ctx, { params, body, ifMatch }: One & IfMatch & { body: UpdateDoctor }) =>
    doctors.update(ctx, params.id, body, ifMatch),
  remove: (ctx: Ctx, { params, ifMatch }: One & IfMatch) => doctors.remove(ctx, params.id, ifMatch),
  setStatus: (ctx: Ctx, { params, body }: One & { body: SetDoctorStatus }) =>
    doctors.setStatus(ctx, params.id, body.status),

  getAvailability: (ctx: Ctx, { params }: One) => availability.get(ctx, params.id),
  replaceAvailability: (ctx: Ctx, { params, body, ifMatch }: One & IfMatch & { body: WeeklyHours }) =>
    availability.replace(ctx, params.id, body, ifMatch),
  listOverrides: (ctx: Ctx, { params, query }: One & { query: ListOverrides }) =>
    availability.listOverrides(ctx, params.id, query),
  addOverride: (ctx: Ctx, { params, body }: One & { body: CreateOverride }) =>
    availability.addOverride(ctx, params.id, body),
  removeOverride: (ctx: Ctx, { params }: { params: { id: string; overrideId: string } }) =>
    availability.removeOverride(ctx, params.id, params.overrideId),
});
export type DoctorController = ReturnType<typeof createDoctorController>;
