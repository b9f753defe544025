import type { Ctx } from '../../../shared/types/context.ts';
import type { PageQuery } from '../../../shared/types/page.ts';
import type { ErasureService } from '../services/erasure.service.ts';
import type { ExportService } from '../services/export.service.ts';
import type { MedicalInfoService } from '../services/medical-info.service.ts';
import type { MergeService } from '../services/merge.service.ts';
import type { PatientService } from '../services/patient.service.ts';
import type { TimelineService } from '../services/timeline.service.ts';
import type { WriteMedicalInfo } from '../validators/medical-info.ts';
import type { CreatePatient, CreateQuery, ListPatients, UpdatePatient } from '../validators/patient.ts';
import type { MergePatients } from '../validators/relations.ts';

type One = { params: { id: string } };
type Change = One & { ifMatch: number | undefined };
type Services = {
  patients: PatientService;
  merging: MergeService;
  timeline: TimelineService;
  medicalInfo: MedicalInfoService;
  erasure: ErasureService;
  exports: ExportService;
};

export const createPatientController = ({
  patients,
  merging,
  timeline,
  medicalInfo,
  erasure,
  exports,
}: Services) => ({
  create: (ctx: Ctx, { body, query }: { body: CreatePatient; query: CreateQuery }) =>
    patients.create(ctx, body, query),
  list: (ctx: Ctx, { query }: { query: ListPatients }) => patients.list(ctx, query),
  get: (ctx: Ctx, { params }: One) => patients.get(ctx, params.id),
  update: (ctx: Ctx, { params, body, ifMatch }: Change & { body: UpdatePatient }) =>
    patients.update(ctx, params.id, body, ifMatch),
  remove: (ctx: Ctx, { params, ifMatch }: Change) => patients.remove(ctx, params.id, ifMatch),
  merge: (ctx: Ctx, { params, body, ifMatch }: Change & { body: MergePatients }) =>
    merging.merge(ctx, params.id, body.duplicateId, ifMatch),
  erase: (ctx: Ctx, { params }: One) => erasure.erase(ctx, params.id),
  export: (ctx: Ctx, { params }: One) => exports.export(ctx, params.id),
  timeline: (ctx: Ctx, { params, query }: One & { query: PageQuery }) => timeline.read(ctx, params.id, query),
  medicalInfo: (ctx: Ctx, { params }: One) => medicalInfo.read(ctx, params.id),
  writeMedicalInfo: (ctx: Ctx, { params, body, ifMatch }: Change & { body: WriteMedicalInfo }) =>
    medicalInfo.write(ctx, params.id, body, ifMatch),
});
export type PatientController = ReturnType<typeof createPatientController>;
