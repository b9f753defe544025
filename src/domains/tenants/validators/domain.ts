import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { hostnameOf } from '../models/domain.ts';

export const AddDomain = z.strictObject({
  hostname: z
    .string()
    .max(1000)
    .transform((given, ctx): string => {
      const hostname = hostnameOf(given);
      if (hostname !== undefined) return hostname;
      ctx.addIssue({
        code: 'custom',
        message: 'must be a name such as booking.example.org, without scheme, port and path',
      });
      return z.NEVER;
    })
    .meta({ description: 'International names are taken as they are written, and shown in punycode' }),
});
export type AddDomain = z.output<typeof AddDomain>;

export const DomainParams = z.object({ id: Id });
