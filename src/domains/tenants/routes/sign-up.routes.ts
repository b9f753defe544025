import { z } from 'zod';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import { PublicTenant } from '../models/tenant.ts';
import { tenantProblems } from '../problems.ts';
import { type AccountsPort, createSignUp, type SignUpDeps } from '../services/sign-up.service.ts';
import { SignUp } from '../validators/tenant.ts';

export const signUpRoutes = <User extends z.ZodType, Tokens extends z.ZodType>(
  deps: SignUpDeps,
  accounts: AccountsPort<User, Tokens>,
): RouteGroup => {
  const signUp = createSignUp(deps, accounts);
  return {
    tag: 'Tenants',
    base: '/tenants',
    routes: [
      route({
        method: 'post',
        path: '/',
        summary: 'Sign a clinic up; whoever asks becomes its administrator and is logged in',
        access: 'open',
        rateClass: 'sign_up',
        body: SignUp,
        response: [201, z.object({ tenant: PublicTenant, user: accounts.user, tokens: accounts.tokens })],
        problems: [tenantProblems.sign_up_disabled, tenantProblems.subdomain_taken],
        handle: (ctx, { body }) => signUp(ctx, body),
      }),
    ],
  };
};
