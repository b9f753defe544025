import type { Ctx } from '../../../shared/types/context.ts';
import type { SlotService } from '../services/slot.service.ts';
import type { DoctorSlots, ExplainSlot, FreeSlots } from '../validators/slots.ts';

type OfDoctor = { params: { id: string } };

export const createSlotController = (slots: SlotService) => ({
  ofDoctor: (ctx: Ctx, { params, query }: OfDoctor & { query: DoctorSlots }) =>
    slots.ofDoctor(ctx, params.id, query),
  explain: (ctx: Ctx, { params, query }: OfDoctor & { query: ExplainSlot }) =>
    slots.explain(ctx, params.id, query),
  free: (ctx: Ctx, { query }: { query: FreeSlots }) => slots.free(ctx, query),
});
export type SlotController = ReturnType<typeof createSlotController>;
