import type { Ctx, RequestCtx, TenantCtx } from '../../../shared/types/context.ts';
import type { LoginService } from '../services/login.service.ts';
import type { OwnAccountService } from '../services/own-account.service.ts';
import type { SessionService } from '../services/session.service.ts';
import type {
  ChangePassword,
  ListSessions,
  Login,
  Refresh,
  Refreshed,
  Register,
  SignedIn,
} from '../validators/credentials.ts';
import type { VerifyMfa } from '../validators/second-factor.ts';

type Services = {
  register: (ctx: TenantCtx, fields: Register) => Promise<SignedIn>;
  login: LoginService;
  refresh: (ctx: RequestCtx, fields: Refresh) => Promise<Refreshed>;
  account: OwnAccountService;
  sessions: SessionService;
};

export const createAuthController = ({ register, login, refresh, account, sessions }: Services) => ({
  register: (ctx: TenantCtx, { body }: { body: Register }) => register(ctx, body),
  login: (ctx: TenantCtx, { body }: { body: Login }) => login.login(ctx, body),
  verifyMfa: (ctx: RequestCtx, { body }: { body: VerifyMfa }) => login.verify(ctx, body),
  refresh: (ctx: RequestCtx, { body }: { body: Refresh }) => refresh(ctx, body),
  logout: (ctx: Ctx) => sessions.logout(ctx),
  me: (ctx: Ctx) => account.me(ctx),
  changePassword: (ctx: Ctx, { body }: { body: ChangePassword }) => account.changePassword(ctx, body),
  listSessions: (ctx: Ctx, { query }: { query: ListSessions }) => sessions.list(ctx, query),
  revokeSession: (ctx: Ctx, { params }: { params: { id: string } }) => sessions.revoke(ctx, params.id),
  revokeAllSessions: (ctx: Ctx) => sessions.revokeAll(ctx),
});
export type AuthController = ReturnType<typeof createAuthController>;
