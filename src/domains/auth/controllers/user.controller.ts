import type { Ctx } from '../../../shared/types/context.ts';
import type { UserService } from '../services/user.service.ts';
import type { CreateUser, ListUsers, UpdateUser } from '../validators/user.ts';

type One = { params: { id: string } };
type Change = One & { body: UpdateUser; ifMatch: number | undefined };

export const createUserController = (users: UserService) => ({
  create: (ctx: Ctx, { body }: { body: CreateUser }) => users.create(ctx, body),
  list: (ctx: Ctx, { query }: { query: ListUsers }) => users.list(ctx, query),
  get: (ctx: Ctx, { params }: One) => users.get(ctx, params.id),
  remove: (ctx: Ctx, { params, ifMatch }: One & { ifMatch: number | undefined }) =>
    users.remove(ctx, params.id, ifMatch),
  resetMfa: (ctx: Ctx, { params }: One) => users.resetMfa(ctx, params.id),
  update: (ctx: Ctx, { params, body, ifMatch }: Change) => users.update(ctx, params.id, body, ifMatch),
});
export type UserController = ReturnType<typeof createUserController>;
