import type { Address } from '../shared/config/addresses.ts';

/** Who connects. */
export type Login = { readonly user: string; readonly password: string };

export const connectionOptions = ({ host, port, user, password }: Address & Login) => ({
  host,
  port,
  user,
  password,
  charset: 'utf8mb4_unicode_520_ci',
  timezone: 'Z',
  dateStrings: ['DATE' as const],
  supportBigNumbers: true,
  connectTimeout: 5_000,
});
