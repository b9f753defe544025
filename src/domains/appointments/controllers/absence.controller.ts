import type { Ctx } from '../../../shared/types/context.ts';
import type { CreateAbsence, ListAbsences } from '../../doctors/index.ts';
import type { AbsenceApplyService } from '../services/absence-apply.service.ts';
import type { AbsenceService } from '../services/absence.service.ts';
import type { ApplyAbsence } from '../validators/absence.ts';

type OfDoctor = { params: { id: string } };
type One = { params: { id: string; absenceId: string } };

export const createAbsenceController = (absences: AbsenceService, decisions: AbsenceApplyService) => ({
  enter: (ctx: Ctx, { params, body }: OfDoctor & { body: CreateAbsence }) =>
    absences.enter(ctx, params.id, body),
  list: (ctx: Ctx, { params, query }: OfDoctor & { query: ListAbsences }) =>
    absences.list(ctx, params.id, query),
  get: (ctx: Ctx, { params }: One) => absences.get(ctx, params.id, params.absenceId),
  remove: (ctx: Ctx, { params }: One) => absences.remove(ctx, params.id, params.absenceId),
  apply: (ctx: Ctx, { params, body }: One & { body: ApplyAbsence }) =>
    decisions.apply(ctx, { doctorId: params.id, absenceId: params.absenceId }, body),
});
export type AbsenceController = ReturnType<typeof createAbsenceController>;
