import { z } from 'zod';
import { clinicPermissions } from '../../../shared/config/permissions.ts';
import { text } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

/** A key cannot make, see or revoke keys: one that leaks must not outlive its end. */
const keyPermissions = clinicPermissions.filter((permission) => !permission.startsWith('api-keys:'));

/** A key with which a program calls the API, without its text. */
export const ApiKey = z
  .object({
    id: Id,
    name: text(100),
    permissions: z
      .array(z.enum(keyPermissions as [(typeof keyPermissions)[number], ...typeof keyPermissions]))
      .min(1)
      .max(keyPermissions.length)
      .refine((given) => new Set(given).size === given.length, 'must not repeat a permission'),
    createdBy: Id.meta({ description: 'The user who made it; it can never do more than they can' }),
    hint: z.string().meta({ description: 'The last four characters of the key', example: 'x7Qz' }),
    createdAt: Instant,
    expiresAt: Instant.nullable(),
    lastUsedAt: Instant.nullable().meta({ description: 'To the minute' }),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.output<typeof ApiKey>;

/** A key that has just been made. */
export const NewApiKey = ApiKey.extend({
  key: z.string().meta({
    description: 'Send it as `Authorization: Bearer <key>`. Shown this once.',
    example: 'das_3VqXc0aB9dYw2Kf6LmT8sPzR1uN5hJ7eG4iQoWxCvByZkDtFrSlMpAnEjHgU0x7Qz123456',
  }),
}).meta({ id: 'NewApiKey' });
export type NewApiKey = z.output<typeof NewApiKey>;
