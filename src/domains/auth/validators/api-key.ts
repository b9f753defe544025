import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { ApiKey } from '../models/api-key.ts';

const { name, permissions, expiresAt } = ApiKey.shape;

export const CreateApiKey = z.strictObject({
  name,
  permissions,
  expiresAt: expiresAt
    .default(null)
    .meta({ description: 'In the future; without it, the key is good until it is revoked' }),
});
export type CreateApiKey = z.output<typeof CreateApiKey>;

export const ApiKeyParams = z.object({ id: Id });
