import { z } from 'zod';

/** What the server makes of every catalogue entry, so that no request may send it. */
export const madeByServer = { id: true, version: true, createdAt: true, updatedAt: true } as const;

/** `?active=true` or `false`. */
export const Flag = z.stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' });
