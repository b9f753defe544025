import { pageOf } from '../../../shared/types/page.ts';
import { commonProblems } from '../../../shared/utils/errors.ts';
import { route, type RouteGroup } from '../../../shared/utils/route.ts';
import { appointmentProblems } from '../../appointments/index.ts';
import type { NoteController } from '../controllers/note.controller.ts';
import { Addendum, MedicalNote } from '../models/note.ts';
import { medicalNoteProblems } from '../problems.ts';
import { AddAddendum, CreateNote, ListNotes, NoteParams, UpdateNote } from '../validators/note.ts';

const { medical_note_not_found, note_signed, note_not_signed, note_empty } = medicalNoteProblems;
const { version_conflict } = commonProblems;

const drafting = (controller: NoteController) => [
  route({
    method: 'post',
    path: '/',
    summary: 'Begin a note as a draft, for an appointment of your own',
    description: 'Patient and doctor are those of the appointment. Only you see the draft; it may be empty.',
    access: 'notes:write:own',
    body: CreateNote,
    response: [201, MedicalNote],
    problems: [appointmentProblems.appointment_not_found, medicalNoteProblems.appointment_cancelled],
    handle: controller.create,
  }),
  route({
    method: 'get',
    path: '/',
    summary: 'List notes, the newest first, or search in them',
    description:
      'Doctors get their own notes, and with patientId also the signed ones of their colleagues if they treat the patient; patients their own signed notes. Administrators get them without content, and cannot search.',
    access: 'notes:list',
    query: ListNotes,
    response: [200, pageOf(MedicalNote)],
    handle: controller.list,
  }),
  route({
    method: 'get',
    path: '/:id',
    summary: 'Get a note with its addenda and signatures',
    description: 'Every reading is recorded. For administrators the content is null.',
    access: 'notes:list',
    params: NoteParams,
    response: [200, MedicalNote],
    problems: [medical_note_not_found],
    handle: controller.get,
  }),
  route({
    method: 'put',
    path: '/:id',
    summary: 'Save a draft; the content is replaced as a whole',
    description:
      'Send If-Match with each save: then nothing that was written elsewhere meanwhile is overwritten.',
    access: 'notes:write:own',
    params: NoteParams,
    body: UpdateNote,
    response: [200, MedicalNote],
    problems: [medical_note_not_found, note_signed, version_conflict],
    handle: controller.update,
  }),
  route({
    method: 'delete',
    path: '/:id',
    summary: 'Remove a draft',
    access: 'notes:write:own',
    params: NoteParams,
    response: [204],
    problems: [medical_note_not_found, note_signed, version_conflict],
    handle: controller.remove,
  }),
];

const signing = (controller: NoteController) => [
  route({
    method: 'post',
    path: '/:id/sign',
    summary: 'Sign a draft: from then on it never changes',
    description:
      'The signature is the SHA-256 over JSON with sorted keys of id, appointmentId, doctorId, kind, addendumTo, signedBy, signedAt, content and the SHA-256 of each attachment.',
    access: 'notes:write:own',
    params: NoteParams,
    response: [200, MedicalNote],
    problems: [medical_note_not_found, note_signed, note_empty, version_conflict],
    handle: controller.sign,
  }),
  route({
    method: 'post',
    path: '/:id/addenda',
    summary: 'Add to a signed note of your own; the addendum is signed at once',
    access: 'notes:write:own',
    params: NoteParams,
    body: AddAddendum,
    response: [201, Addendum],
    problems: [medical_note_not_found, note_not_signed, note_empty],
    handle: controller.add,
  }),
  route({
    method: 'post',
    path: '/:id/co-sign',
    summary: 'Sign a note of a colleague whose patient you treat',
    access: 'notes:write:own',
    params: NoteParams,
    response: [200, MedicalNote],
    problems: [medical_note_not_found, note_not_signed, medicalNoteProblems.already_co_signed],
    handle: controller.coSign,
  }),
];

export const noteRoutes = (controller: NoteController): RouteGroup => ({
  tag: 'Medical notes',
  base: '/medical-notes',
  routes: [...drafting(controller), ...signing(controller)],
});
