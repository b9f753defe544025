import { problemCatalogue } from '../../shared/utils/errors.ts';

export const medicalNoteProblems = problemCatalogue({
  medical_note_not_found: {
    status: 404,
    title: 'No such medical note',
    advice: 'GET /medical-notes lists the notes that you may see.',
  },
  template_not_found: {
    status: 404,
    title: 'No such template',
    advice: 'GET /medical-notes/templates lists the templates of the clinic.',
  },
  attachment_not_found: {
    status: 404,
    title: 'No such attachment',
    advice: 'GET /medical-notes/{id}/attachments lists the attachments of a note.',
  },
  file_not_found: {
    status: 404,
    title: 'No such file',
    advice: 'Ask for the attachment again; its answer has a new address.',
  },
  download_expired: {
    status: 410,
    title: 'The address has expired',
    advice: 'Ask for the attachment again; its answer has a new address.',
  },
  appointment_cancelled: {
    status: 409,
    title: 'The appointment is cancelled',
    advice: 'Write the note for the visit that took place.',
  },
  note_signed: {
    status: 409,
    title: 'The note is signed and does not change any more',
    advice: 'Add an addendum: POST /medical-notes/{id}/addenda.',
  },
  note_not_signed: {
    status: 409,
    title: 'The note is a draft',
    advice: 'It has to be signed first: POST /medical-notes/{id}/sign.',
  },
  note_empty: {
    status: 409,
    title: 'There is nothing in the note',
    advice: 'Write something, then sign it.',
  },
  already_co_signed: {
    status: 409,
    title: 'You have signed this note already',
    advice: 'Nothing more is to be done.',
  },
});
