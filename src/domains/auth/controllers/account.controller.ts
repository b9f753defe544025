import type { Ctx, RequestCtx, TenantCtx } from '../../../shared/types/context.ts';
import type { EmailVerification } from '../services/email-verification.service.ts';
import type { InvitationService } from '../services/invitation.service.ts';
import type { PasswordReset } from '../services/password-reset.service.ts';
import type { SecondFactor } from '../services/second-factor.service.ts';
import type {
  AcceptInvitation,
  ForgotPassword,
  Invite,
  ListInvitations,
  ResetPassword,
  VerifyEmail,
} from '../validators/account.ts';
import type { ActivateTotp, DisableTotp } from '../validators/second-factor.ts';

type Services = {
  verification: EmailVerification;
  passwordReset: PasswordReset;
  invitations: InvitationService;
  secondFactor: SecondFactor;
};
type One = { params: { id: string } };

/** What leads into an account beside the password: letters, invitations, the second factor. */
export const createAccountController = (services: Services) => {
  const { verification, passwordReset, invitations, secondFactor } = services;
  return {
    verifyEmail: (ctx: RequestCtx, { body }: { body: VerifyEmail }) => verification.verify(ctx, body),
    resendVerification: (ctx: Ctx) => verification.resend(ctx),
    forgotPassword: (ctx: TenantCtx, { body }: { body: ForgotPassword }) => passwordReset.forgot(ctx, body),
    resetPassword: (ctx: RequestCtx, { body }: { body: ResetPassword }) => passwordReset.reset(ctx, body),
    invite: (ctx: Ctx, { body }: { body: Invite }) => invitations.invite(ctx, body),
    listInvitations: (ctx: Ctx, { query }: { query: ListInvitations }) => invitations.list(ctx, query),
    getInvitation: (ctx: Ctx, { params }: One) => invitations.get(ctx, params.id),
    withdrawInvitation: (ctx: Ctx, { params }: One) => invitations.withdraw(ctx, params.id),
    acceptInvitation: (ctx: RequestCtx, { body }: { body: AcceptInvitation }) =>
      invitations.accept(ctx, body),
    setUpTotp: (ctx: Ctx) => secondFactor.setUp(ctx),
    activateTotp: (ctx: Ctx, { body }: { body: ActivateTotp }) => secondFactor.activate(ctx, body),
    disableTotp: (ctx: Ctx, { body }: { body: DisableTotp }) => secondFactor.disable(ctx, body),
  };
};
export type AccountController = ReturnType<typeof createAccountController>;
