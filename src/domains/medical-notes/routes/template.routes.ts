import { PageQuery, pageOf } from '../../../shared/types/page.ts';
import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { TemplateController } from '../controllers/template.controller.ts';
import { NoteTemplate } from '../models/template.ts';
import { medicalNoteProblems } from '../problems.ts';
import { CreateTemplate, TemplateParams, UpdateTemplate } from '../validators/template.ts';

const { template_not_found } = medicalNoteProblems;
const { version_conflict } = commonProblems;

/** Stands before the notes, whose ids take the same place in the path. */
export const templateRoutes = (controller: TemplateController): RouteGroup => ({
  tag: 'Note templates',
  base: '/medical-notes/templates',
  routes: [
    route({
      method: 'post',
      path: '/',
      summary: 'Add a template for notes; write nothing about a patient into it',
      access: 'note-templates:write',
      body: CreateTemplate,
      response: [201, NoteTemplate],
      handle: controller.create,
    }),
    route({
      method: 'get',
      path: '/',
      summary: 'List the templates of the clinic',
      access: 'note-templates:read',
      query: PageQuery,
      response: [200, pageOf(NoteTemplate)],
      handle: controller.list,
    }),
    route({
      method: 'get',
      path: '/:id',
      summary: 'Get a template',
      access: 'note-templates:read',
      params: TemplateParams,
      response: [200, NoteTemplate],
      problems: [template_not_found],
      handle: controller.get,
    }),
    route({
      method: 'put',
      path: '/:id',
      summary: 'Change a template; fields that are not given stay',
      access: 'note-templates:write',
      params: TemplateParams,
      body: UpdateTemplate,
      response: [200, NoteTemplate],
      problems: [template_not_found, version_conflict],
      handle: controller.update,
    }),
    route({
      method: 'delete',
      path: '/:id',
      summary: 'Remove a template; notes made from it stay',
      access: 'note-templates:write',
      params: TemplateParams,
      response: [204],
      problems: [template_not_found, version_conflict],
      handle: controller.remove,
    }),
  ],
});
