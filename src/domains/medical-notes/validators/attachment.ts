import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';

export const AttachmentParams = z.object({ id: Id, attachmentId: Id });

export const FileParams = z.object({ secret: z.string().max(400).meta({ example: 'a-secret' }) });
