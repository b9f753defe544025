import { problemCatalogue } from '../../shared/utils/errors.ts';

export const appointmentProblems = problemCatalogue({
  appointment_not_found: {
    status: 404,
    title: 'No such appointment',
    advice: 'GET /appointments lists the appointments that you may see.',
  },
  calendar_feed_not_found: {
    status: 404,
    title: 'No such calendar feed',
    advice: 'GET /calendar-feeds lists your own feeds; make a new one if it was revoked.',
  },
  slot_taken: {
    status: 409,
    title: 'That time is no longer free',
    advice: 'Take one of the alternatives, or ask for the slots again.',
  },
  patient_busy: {
    status: 409,
    title: 'The patient has another appointment at that time',
    advice: 'Choose another time, or cancel the other appointment.',
  },
  room_taken: {
    status: 409,
    title: 'The room is taken at that time',
    advice: 'Choose another room or another time.',
  },
  appointment_limit_reached: {
    status: 409,
    title: 'The patient has as many appointments to come as the clinic allows',
    advice: 'Cancel one of them first, or call the clinic.',
  },
  hold_not_found: {
    status: 404,
    title: 'No such hold',
    advice: 'Hold the time again, or book without a hold.',
  },
  hold_expired: {
    status: 410,
    title: 'The hold has expired',
    advice: 'Hold the time again; if it is still free, it is yours.',
  },
  hold_mismatch: {
    status: 422,
    title: 'The hold is for another visit',
    advice: 'Book the doctor, service and time that were held.',
  },
  invalid_transition: {
    status: 409,
    title: 'The appointment is in a state that does not allow this',
    advice: 'Read the appointment again; its status says what is possible.',
  },
  outside_availability: {
    status: 422,
    title: 'The doctor gives no such appointment at that time',
    advice: 'Ask for the slots of the doctor and take one of them.',
  },
  notice_too_short: {
    status: 422,
    title: 'That is too soon',
    advice: 'Choose a later time, or call the clinic.',
  },
  beyond_horizon: {
    status: 422,
    title: 'That is too far ahead',
    advice: 'Choose an earlier time; the clinic opens its calendar only so far.',
  },
});
