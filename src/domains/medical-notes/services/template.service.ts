import type { AuditTrail } from '../../../database/audit.ts';
import type { Database, Tx } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { newId } from '../../../shared/types/id.ts';
import { decodeCursor, IdPosition, type Page, type PageQuery, toPage } from '../../../shared/types/page.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError } from '../../../shared/utils/errors.ts';
import { demandVersion, nextVersion } from '../../../shared/utils/versions.ts';
import type { NoteTemplate } from '../models/template.ts';
import { medicalNoteProblems } from '../problems.ts';
import {
  deleteTemplate,
  findTemplate,
  findTemplateToChange,
  insertTemplate,
  listTemplates,
  updateTemplate,
} from '../repositories/template.repository.ts';
import type { CreateTemplate, UpdateTemplate } from '../validators/template.ts';

export type TemplateServiceDeps = { database: Database; audit: AuditTrail; clock: Clock };
export type TemplateService = ReturnType<typeof createTemplateService>;

const there = (template: NoteTemplate | undefined): NoteTemplate => {
  if (!template) throw new AppError(medicalNoteProblems.template_not_found);
  return template;
};

export const createTemplateService = ({ database, audit, clock }: TemplateServiceDeps) => {
  const record = (tx: Tx, ctx: Ctx, verb: string, resourceId: string) =>
    audit.record(tx, ctx, { action: `note_template.${verb}`, resourceType: 'note_template', resourceId });

  return {
    create: (ctx: Ctx, fields: CreateTemplate): Promise<NoteTemplate> =>
      database.transaction(ctx, async (tx) => {
        const now = clock.now();
        const template = { ...fields, id: newId(), version: 1, createdAt: now, updatedAt: now };
        await insertTemplate(tx, template);
        await record(tx, ctx, 'created', template.id);
        return template;
      }),

    list: async (ctx: Ctx, { limit, cursor }: PageQuery): Promise<Page<NoteTemplate>> => {
      const after = decodeCursor(IdPosition, cursor)?.[0];
      const templates = await listTemplates(database.read(ctx.tenantId), { limit, after });
      return toPage(templates, limit, (last) => [last.id]);
    },

    get: async (ctx: Ctx, id: string): Promise<NoteTemplate> =>
      there(await findTemplate(database.read(ctx.tenantId), id)),

    update: (
      ctx: Ctx,
      id: string,
      changes: UpdateTemplate,
      ifMatch: number | undefined,
    ): Promise<NoteTemplate> =>
      database.transaction(ctx, async (tx) => {
        const current = there(await findTemplateToChange(tx, id));
        demandVersion(current, ifMatch);
        const template = nextVersion(current, changes, clock.now());
        await updateTemplate(tx, template);
        await record(tx, ctx, 'updated', id);
        return template;
      }),

    remove: (ctx: Ctx, id: string, ifMatch: number | undefined): Promise<void> =>
      database.transaction(ctx, async (tx) => {
        demandVersion(there(await findTemplateToChange(tx, id)), ifMatch);
        await deleteTemplate(tx, id);
        await record(tx, ctx, 'deleted', id);
      }),
  };
};
