import type { Ctx } from '../../../shared/types/context.ts';
import type { FreeSlotService } from '../services/free-slots.service.ts';
import type { SlotExplanationService } from '../services/slot-explanation.service.ts';
import type { SlotService } from '../services/slot.service.ts';
import type { DoctorSlots, ExplainSlot, FreeSlots } from '../validators/slots.ts';

type Services = { slots: SlotService; freeSlots: FreeSlotService; explanations: SlotExplanationService };
type OfDoctor = { params: { id: string } };

export const createSlotController = ({ slots, freeSlots, explanations }: Services) => ({
  ofDoctor: (ctx: Ctx, { params, query }: OfDoctor & { query: DoctorSlots }) =>
    slots.ofDoctor(ctx, params.id, query),
  explain: (ctx: Ctx, { params, query }: OfDoctor & { query: ExplainSlot }) =>
    explanations.explain(ctx, params.id, query),
  free: (ctx: Ctx, { query }: { query: FreeSlots }) => freeSlots.free(ctx, query),
});
export type SlotController = ReturnType<typeof createSlotController>;
