import { z } from 'zod';
import { TemplateKey } from '../models/template.ts';

const title = z.string().trim().min(1).max(300).meta({ example: 'Your appointment on {{when}}' });
const body = z
  .string()
  .trim()
  .min(1)
  .max(10_000)
  .meta({ example: 'Hello {{firstName}},\n\nsee you on {{when}} with {{doctor}}.\n\n{{clinic}}' });

export const TemplateParams = z.object({ key: TemplateKey });
/** The words of a clinic. An SMS has no title; what is given is left out. */
export const SaveTemplate = z.strictObject({ title: title.optional(), body });
export type SaveTemplate = z.output<typeof SaveTemplate>;

/** Words to try out before they are saved; those that are left out are the ones in use. */
export const PreviewTemplate = SaveTemplate.partial();

/** The key of the last template of a page. */
export const TemplatePosition = z.tuple([TemplateKey]);
