import { pageOf } from '../../../shared/types/page.ts';
import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { AccountController } from '../controllers/account.controller.ts';
import { Invitation } from '../models/account-link.ts';
import { authProblems } from '../problems.ts';
import {
  AcceptInvitation,
  ForgotPassword,
  InvitationParams,
  Invite,
  ListInvitations,
  ResetPassword,
  VerifyEmail,
} from '../validators/account.ts';
import { SignedIn } from '../validators/credentials.ts';
import { ActivateTotp, DisableTotp, RecoveryCodes, TotpSetUp } from '../validators/second-factor.ts';

const { tenant_suspended, unavailable } = commonProblems;
const { account_locked, invalid_credentials, totp_not_found, mfa_already_enabled } = authProblems;
const { email_taken, invitation_expired, invitation_not_found, link_expired } = authProblems;

/** What letters lead to: address, password, invitation. */
export const letterRoutes = (controller: AccountController): RouteGroup => ({
  tag: 'Authentication',
  base: '/auth',
  routes: [
    route({
      method: 'post',
      path: '/verify-email',
      summary: 'Prove an email address with the token of a letter',
      access: 'open',
      rateClass: 'auth',
      body: VerifyEmail,
      response: [204],
      problems: [link_expired, email_taken, tenant_suspended],
      handle: controller.verifyEmail,
    }),
    route({
      method: 'post',
      path: '/verify-email/resend',
      summary: 'Send that letter once more, five times an hour at most',
      access: 'account',
      rateClass: 'auth',
      response: [202],
      handle: controller.resendVerification,
    }),
    route({
      method: 'post',
      path: '/forgot-password',
      summary: 'Send a letter with which a new password can be chosen',
      description: 'The answer and its time are the same whether the address has an account or not.',
      access: 'tenant',
      rateClass: 'auth',
      body: ForgotPassword,
      response: [202],
      handle: controller.forgotPassword,
    }),
    route({
      method: 'post',
      path: '/reset-password',
      summary: 'Choose a new password with the token of a letter; every session ends',
      access: 'open',
      rateClass: 'auth',
      body: ResetPassword,
      response: [204],
      problems: [link_expired, tenant_suspended, unavailable],
      handle: controller.resetPassword,
    }),
    route({
      method: 'post',
      path: '/accept-invitation',
      summary: 'Open an account with the token of an invitation; logs in',
      access: 'open',
      rateClass: 'auth',
      body: AcceptInvitation,
      response: [201, SignedIn],
      problems: [email_taken, invitation_expired, tenant_suspended, unavailable],
      handle: controller.acceptInvitation,
    }),
  ],
});

export const mfaRoutes = (controller: AccountController): RouteGroup => ({
  tag: 'Authentication',
  base: '/auth/mfa',
  routes: [
    route({
      method: 'post',
      path: '/totp',
      summary: 'Get a secret for an authenticator; it counts once a code of it has been shown',
      access: 'account',
      rateClass: 'auth',
      response: [200, TotpSetUp],
      problems: [mfa_already_enabled],
      handle: controller.setUpTotp,
    }),
    route({
      method: 'post',
      path: '/totp/activate',
      summary: 'Show a code of the authenticator; from now on every login asks for one',
      access: 'account',
      rateClass: 'auth',
      body: ActivateTotp,
      response: [200, RecoveryCodes],
      problems: [totp_not_found, mfa_already_enabled],
      handle: controller.activateTotp,
    }),
    route({
      method: 'delete',
      path: '/totp',
      summary: 'Remove the authenticator and the recovery codes',
      access: 'account',
      rateClass: 'auth',
      body: DisableTotp,
      response: [204],
      problems: [invalid_credentials, account_locked, totp_not_found, unavailable],
      handle: controller.disableTotp,
    }),
  ],
});

export const invitationRoutes = (controller: AccountController): RouteGroup => ({
  tag: 'Users',
  base: '/users/invitations',
  routes: [
    route({
      method: 'post',
      path: '/',
      summary: 'Invite a colleague or a patient by mail; replaces an invitation to the same address',
      access: 'staff:write',
      body: Invite,
      response: [201, Invitation],
      problems: [email_taken],
      handle: controller.invite,
    }),
    route({
      method: 'get',
      path: '/',
      summary: 'List the invitations that are neither accepted nor withdrawn, the newest first',
      access: 'staff:write',
      query: ListInvitations,
      response: [200, pageOf(Invitation)],
      handle: controller.listInvitations,
    }),
    route({
      method: 'get',
      path: '/:id',
      summary: 'Get an invitation',
      access: 'staff:write',
      params: InvitationParams,
      response: [200, Invitation],
      problems: [invitation_not_found],
      handle: controller.getInvitation,
    }),
    route({
      method: 'delete',
      path: '/:id',
      summary: 'Withdraw an invitation; its link opens nothing any more',
      access: 'staff:write',
      params: InvitationParams,
      response: [204],
      problems: [invitation_not_found],
      handle: controller.withdrawInvitation,
    }),
  ],
});
