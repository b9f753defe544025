import { v7 } from 'uuid';
import { z } from 'zod';

/** A UUID as lower-case text: version 7 where we make it (RFC 9562), so that keys grow with time. */
export const Id = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'must be a lower-case UUID')
  .meta({ format: 'uuid', example: '01989f6e-6c3a-7cc1-9d57-0f3b8f8f7c1e' });

/** The tenant of the operators of the installation. It is no clinic: what a clinic's users may call, nobody calls for it. */
export const PLATFORM = '00000000-0000-7000-8000-000000000000';

export const newId = (): string => v7();
