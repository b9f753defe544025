import { type Problem, problemCatalogue } from '../../shared/utils/errors.ts';

export const appointmentProblems = problemCatalogue({
  appointment_not_found: {
    status: 404,
    title: 'No such appointment',
    advice: 'GET /appointments lists the appointments that you may see.',
  },
  series_not_found: {
    status: 404,
    title: 'No such series',
    advice: 'An appointment that belongs to a series carries its id.',
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
  waitlist_entry_not_found: {
    status: 404,
    title: 'No such entry of the waitlist',
    advice: 'GET /waitlist lists the entries that you may see.',
  },
  waitlist_entry_closed: {
    status: 409,
    title: 'The entry waits for nothing any more',
    advice: 'Read the entry again; its status says what became of it.',
  },
  waitlist_full: {
    status: 409,
    title: 'The patient waits for as many things as the waitlist allows',
    advice: 'Leave one of the open entries first.',
  },
  offer_not_found: {
    status: 404,
    title: 'No such offer',
    advice: 'GET /waitlist shows the offers that are open.',
  },
  offer_expired: {
    status: 410,
    title: 'The offer has expired',
    advice: 'Wait for the next one, or book one of the free slots.',
  },
  offer_used: {
    status: 409,
    title: 'The offer has been answered already',
    advice: 'Read the entry of the waitlist again; its status says what became of it.',
  },
  no_proposal: {
    status: 409,
    title: 'No other time can be had for the visit',
    advice: 'Find a time with another service or a longer way ahead, or cancel the visit.',
  },
  absence_running: {
    status: 409,
    title: 'Decisions about the absence are being carried out',
    advice: 'Wait until the report says completed, then try again.',
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

const { slot_taken, patient_busy, room_taken, outside_availability } = appointmentProblems;
const { notice_too_short, beyond_horizon, appointment_limit_reached } = appointmentProblems;
const againstOneTime: ReadonlySet<Problem> = new Set([
  slot_taken,
  patient_busy,
  room_taken,
  outside_availability,
  notice_too_short,
  beyond_horizon,
  appointment_limit_reached,
]);

/** Whether a booking failed because of its time: another one may be had. */
export const isAgainstTime = (problem: Problem): boolean => againstOneTime.has(problem);
