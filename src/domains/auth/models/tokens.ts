import { z } from 'zod';

export const ACCESS_TOKEN_SECONDS = 15 * 60;
export const MFA_TOKEN_SECONDS = 5 * 60;

/** What a client holds of its session. */
export const Tokens = z
  .object({
    accessToken: z.string(),
    refreshToken: z.string(),
    tokenType: z.literal('Bearer'),
    expiresIn: z.int().meta({ description: 'Seconds until the access token expires', example: 900 }),
  })
  .meta({ id: 'Tokens' });
export type Tokens = z.output<typeof Tokens>;
