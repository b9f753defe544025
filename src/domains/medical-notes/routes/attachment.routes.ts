import { z } from 'zod';
import { FileBytes } from '../../../shared/types/file.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import type { AttachmentController } from '../controllers/attachment.controller.ts';
import { Attachment, attachmentTypes, LinkedAttachment } from '../models/attachment.ts';
import { medicalNoteProblems } from '../problems.ts';
import { AttachmentParams, FileParams } from '../validators/attachment.ts';
import { NoteParams } from '../validators/note.ts';

const { medical_note_not_found, attachment_not_found, note_signed, file_not_found, download_expired } =
  medicalNoteProblems;

const ofNotes = (controller: AttachmentController): RouteGroup => ({
  tag: 'Medical notes',
  base: '/medical-notes',
  routes: [
    route({
      method: 'get',
      path: '/:id/pdf',
      summary: 'A note with its addenda as a PDF to print',
      access: 'notes:read:own',
      params: NoteParams,
      response: [200, FileBytes],
      mediaType: ['application/pdf'],
      problems: [medical_note_not_found],
      handle: controller.print,
    }),
    route({
      method: 'post',
      path: '/:id/attachments',
      summary: 'Attach a file to a note of your own: PDF, PNG, JPEG or DICOM',
      description:
        'multipart/form-data with the field file. What is in the file decides about its type, not its name. It is encrypted on its way to the disk. A signature covers what was attached before it.',
      access: 'notes:write:own',
      params: NoteParams,
      upload: true,
      response: [201, Attachment],
      problems: [medical_note_not_found],
      handle: controller.add,
    }),
    route({
      method: 'get',
      path: '/:id/attachments',
      summary: 'List the attachments of a note',
      access: 'notes:read:own',
      params: NoteParams,
      response: [200, z.object({ data: z.array(Attachment) })],
      problems: [medical_note_not_found],
      handle: controller.list,
    }),
    route({
      method: 'get',
      path: '/:id/attachments/:attachmentId',
      summary: 'Get an attachment with an address from which to download it',
      description: 'The address opens the file for five minutes, without a token, for whoever has it.',
      access: 'notes:read:own',
      params: AttachmentParams,
      response: [200, LinkedAttachment],
      problems: [medical_note_not_found, attachment_not_found],
      handle: controller.get,
    }),
    route({
      method: 'delete',
      path: '/:id/attachments/:attachmentId',
      summary: 'Remove an attachment from a draft',
      access: 'notes:write:own',
      params: AttachmentParams,
      response: [204],
      problems: [medical_note_not_found, attachment_not_found, note_signed],
      handle: controller.remove,
    }),
  ],
});

const files = (controller: AttachmentController): RouteGroup => ({
  tag: 'Medical notes',
  base: '/files',
  routes: [
    route({
      method: 'get',
      path: '/:secret',
      summary: 'Download a file by its address',
      access: 'open',
      params: FileParams,
      response: [200, FileBytes],
      mediaType: attachmentTypes,
      problems: [file_not_found, download_expired],
      handle: controller.download,
    }),
  ],
});

/** Files of notes, and notes as files. */
export const attachmentRoutes = (controller: AttachmentController): RouteGroup[] => [
  ofNotes(controller),
  files(controller),
];
