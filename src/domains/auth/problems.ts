import { problemCatalogue } from '../../shared/utils/errors.ts';

export const authProblems = problemCatalogue({
  invalid_credentials: {
    status: 401,
    title: 'The email address, the password or the code is wrong',
    advice: 'Check both; nothing tells which of them it was.',
  },
  refresh_token_reused: {
    status: 401,
    title: 'The refresh token has been used before',
    advice: 'Somebody may have copied it, so its session has ended. Log in again.',
  },
  mfa_required: {
    status: 401,
    title: 'The account asks for a second factor',
    advice: 'Send mfaToken and the code of the authenticator, or a recovery code, to POST /auth/mfa/verify.',
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
  invitation_not_found: {
    status: 404,
    title: 'No such invitation',
    advice: 'GET /users/invitations lists those that are open.',
  },
  totp_not_found: {
    status: 404,
    title: 'The account has no authenticator',
    advice: 'POST /auth/mfa/totp sets one up.',
  },
  mfa_already_enabled: {
    status: 409,
    title: 'The account has a second factor already',
    advice: 'DELETE /auth/mfa/totp with the password first.',
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
  link_expired: {
    status: 410,
    title: 'The link has expired or has been used',
    advice: 'Ask for a new one.',
  },
  invitation_expired: {
    status: 410,
    title: 'The invitation has expired, was withdrawn or has been accepted',
    advice: 'Log in, or ask the clinic for a new invitation.',
  },
  account_locked: {
    status: 429,
    title: 'Too many failed attempts',
    advice: 'Wait for the time in Retry-After. A login from another address may still work.',
  },
});
