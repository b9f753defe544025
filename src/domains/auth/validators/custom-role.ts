import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { CustomRole } from '../models/custom-role.ts';

const { name, permissions } = CustomRole.shape;

export const CreateRole = z.strictObject({ name, permissions });
export type CreateRole = z.output<typeof CreateRole>;

/** Only the given fields change. */
export const UpdateRole = CreateRole.partial();
export type UpdateRole = z.output<typeof UpdateRole>;

export const RoleParams = z.object({ id: Id });
