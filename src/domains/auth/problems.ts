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
  role_not_found: {
    status: 404,
    title: 'No such role',
    advice: 'GET /roles lists the roles that the clinic has made.',
  },
  role_name_taken: {
    status: 409,
    title: 'Another role of the clinic has this name',
    advice: 'Choose another name, or change the role that has it.',
  },
  role_in_use: {
    status: 409,
    title: 'Somebody has this role',
    advice: 'Give everybody who has it another role first, by PATCH /users/{id}.',
  },
  api_key_not_found: {
    status: 404,
    title: 'No such API key',
    advice: 'GET /api-keys lists the keys that have not been revoked.',
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
