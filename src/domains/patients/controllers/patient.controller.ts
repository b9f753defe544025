import type { Ctx } from '../../../shared/types/context.ts';
import type { PatientService } from '../services/patient.service.ts';
import type { CreatePatient, ListPatients, UpdatePatient } from '../validators/patient.ts';

type One = { params: { id: string } };
type Change = One & { ifMatch: number | undefined };

export const createPatientController = (patients: PatientService) => ({
  create: (ctx: Ctx, { body }: { body: CreatePatient }) => patients.create(ctx, body),
  list: (ctx: Ctx, { query }: { query: ListPatients }) => patients.list(ctx, query),
  get: (ctx: Ctx, { params }: One) => patients.get(ctx, params.id),
  update: (ctx: Ctx, { params, body, ifMatch }: Change & { body: UpdatePatient }) =>
    patients.update(ctx, params.id, body, ifMatch),
  remove: (ctx: Ctx, { params, ifMatch }: Change) => patients.remove(ctx, params.id, ifMatch),
});
export type PatientController = ReturnType<typeof createPatientController>;
