import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { NoteTemplate } from '../models/template.ts';

export const TemplateParams = z.object({ id: Id });

export const CreateTemplate = z.strictObject(
  NoteTemplate.pick({ name: true, kind: true, content: true }).shape,
);
export type CreateTemplate = z.output<typeof CreateTemplate>;

/** Fields that are not given stay. */
export const UpdateTemplate = CreateTemplate.partial();
export type UpdateTemplate = z.output<typeof UpdateTemplate>;
