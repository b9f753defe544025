import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { AuthController } from '../controllers/auth.controller.ts';
import { authProblems } from '../problems.ts';
import {
  ChangePassword,
  Login,
  Me,
  Refresh,
  Refreshed,
  Register,
  SignedIn,
} from '../validators/credentials.ts';
import { VerifyMfa } from '../validators/second-factor.ts';

const { invalid_credentials, refresh_token_reused, email_taken, mfa_required, account_locked } = authProblems;
const { token_expired, session_revoked, unauthenticated, unavailable, tenant_suspended } = commonProblems;

export const authRoutes = (controller: AuthController): RouteGroup => ({
  tag: 'Authentication',
  base: '/auth',
  routes: [
    route({
      method: 'post',
      path: '/register',
      summary: 'Open an account as a patient of the clinic; logs in',
      description:
        'With the setting `requireEmailVerification`, the answer is the same whether the address has an account or not: a ' +
        'letter tells its owner. The record of the patient is made when the address is proved. Without the setting, 409 `email_taken`.',
      access: 'tenant',
      rateClass: 'sign_up',
      body: Register,
      response: [201, SignedIn],
      problems: [email_taken, unavailable],
      handle: controller.register,
    }),
    route({
      method: 'post',
      path: '/login',
      summary: 'Log in',
      description:
        '401 `mfa_required` carries an `mfaToken` for `POST /auth/mfa/verify`. After five failures with an account, the ' +
        'address that failed waits: 429 `account_locked`. From elsewhere the right password is taken as before. ' +
        'An operator of the installation (super_admin) names no clinic; whoever else names none, or types a wrong password there, gets 400 `tenant_required`.',
      access: 'tenant-or-platform',
      body: Login,
      response: [200, SignedIn],
      problems: [invalid_credentials, mfa_required, account_locked, unavailable],
      handle: controller.login,
    }),
    route({
      method: 'post',
      path: '/mfa/verify',
      summary: 'Finish a login with a code of the authenticator or a recovery code, each good once',
      access: 'open',
      rateClass: 'auth',
      body: VerifyMfa,
      response: [200, SignedIn],
      problems: [invalid_credentials, unauthenticated, token_expired, account_locked, tenant_suspended],
      handle: controller.verifyMfa,
    }),
    route({
      method: 'post',
      path: '/refresh',
      summary: 'Replace both tokens; the refresh token names the clinic and is good once',
      description:
        'A refresh token that comes back has been copied: its session ends, and with it every token of it. Only a client ' +
        'that has lost the answer may ask again, for ten seconds and until the new token is used.',
      access: 'open',
      body: Refresh,
      response: [200, Refreshed],
      problems: [unauthenticated, token_expired, refresh_token_reused, session_revoked, tenant_suspended],
      handle: controller.refresh,
    }),
    route({
      method: 'post',
      path: '/logout',
      summary: 'End this session; its access token is refused from that moment on',
      access: 'account',
      response: [204],
      handle: controller.logout,
    }),
    route({
      method: 'get',
      path: '/me',
      summary: 'Get the caller, with everything they may do',
      access: 'caller',
      response: [200, Me],
      handle: controller.me,
    }),
    route({
      method: 'put',
      path: '/change-password',
      summary: 'Change the own password; every other session ends',
      access: 'account',
      rateClass: 'auth',
      body: ChangePassword,
      response: [204],
      problems: [invalid_credentials, account_locked, unavailable],
      handle: controller.changePassword,
    }),
  ],
});
