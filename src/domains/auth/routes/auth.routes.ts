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

const { invalid_credentials, refresh_token_reused, email_taken } = authProblems;
const { tenant_suspended, token_expired, session_revoked, unauthenticated, unavailable } = commonProblems;

export const authRoutes = (controller: AuthController): RouteGroup => ({
  tag: 'Authentication',
  base: '/auth',
  routes: [
    route({
      method: 'post',
      path: '/register',
      summary: 'Open an account as a patient of the clinic; logs in',
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
        'An operator of the installation (super_admin) names no clinic. Whoever else names none gets 400 `tenant_required`, and so does an operator with a wrong password.',
      access: 'tenant-or-platform',
      body: Login,
      response: [200, SignedIn],
      problems: [invalid_credentials, unavailable],
      handle: controller.login,
    }),
    route({
      method: 'post',
      path: '/refresh',
      summary: 'Replace both tokens; the refresh token names the clinic and is good once',
      description:
        'A refresh token that comes back has been copied: its session ends, and with it every token of it.',
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
      access: 'user',
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
      access: 'user',
      rateClass: 'auth',
      body: ChangePassword,
      response: [204],
      problems: [invalid_credentials, unavailable],
      handle: controller.changePassword,
    }),
  ],
});
