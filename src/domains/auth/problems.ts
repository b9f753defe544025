import { problemCatalogue } from '../../shared/utils/errors.ts';

export const authProblems = problemCatalogue({
  invalid_credentials: {
    status: 401,
    title: 'The email address or the password is wrong',
    advice: 'Check both; nothing tells which of them it was.',
  },
  refresh_token_reused: {
    status: 401,
    title: 'The refresh token has been used before',
    advice: 'Somebody may have copied it, so its session has ended. Log in again.',
  },
  session_not_found: {
    status: 404,
    title: 'No such session',
    advice: 'GET /auth/sessions lists your sessions.',
  },
  user_not_found: {
    status: 404,
    title: 'No such user',
    advice: 'GET /users lists the users that you may see.',
  },
  email_taken: {
    status: 409,
    title: 'Another account has this email address',
    advice: 'Log in, or use another address.',
  },
  last_admin: {
    status: 409,
    title: 'The clinic would be left without an administrator',
    advice: 'Give another user the role tenant_admin first.',
  },
});
