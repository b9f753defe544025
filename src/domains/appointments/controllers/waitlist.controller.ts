import type { Ctx } from '../../../shared/types/context.ts';
import type { WaitlistAnswers } from '../services/waitlist-answers.ts';
import type { WaitlistService } from '../services/waitlist.service.ts';
import type { AcceptOffer, EnterWaitlist, ListWaitlist } from '../validators/waitlist.ts';

type One = { params: { id: string } };

export const createWaitlistController = (waitlist: WaitlistService, answers: WaitlistAnswers) => ({
  enter: (ctx: Ctx, { body }: { body: EnterWaitlist }) => waitlist.enter(ctx, body),
  list: (ctx: Ctx, { query }: { query: ListWaitlist }) => waitlist.list(ctx, query),
  get: (ctx: Ctx, { params }: One) => waitlist.get(ctx, params.id),
  leave: (ctx: Ctx, { params, ifMatch }: One & { ifMatch: number | undefined }) =>
    waitlist.leave(ctx, params.id, ifMatch),
  accept: (ctx: Ctx, { params, body }: One & { body: AcceptOffer }) =>
    answers.accept(ctx, params.id, body?.token),
  decline: (ctx: Ctx, { params }: One) => answers.decline(ctx, params.id),
});
export type WaitlistController = ReturnType<typeof createWaitlistController>;
