import type { Problem } from '../../../shared/utils/errors.ts';
import { appointmentProblems } from '../problems.ts';
import type { StartProblem } from './slots.ts';

const { outside_availability, notice_too_short, beyond_horizon, slot_taken } = appointmentProblems;

/** What the caller is told of each reason against a start. */
export const problemOfStart: Readonly<Record<StartProblem, { problem: Problem; detail: string }>> = {
  off_grain: { problem: outside_availability, detail: 'Visits start at full five minutes.' },
  in_the_past: { problem: notice_too_short, detail: 'That time has passed.' },
  notice_too_short: { problem: notice_too_short, detail: 'The clinic wants to know of a visit earlier.' },
  beyond_horizon: { problem: beyond_horizon, detail: 'The clinic does not take bookings so far ahead.' },
  outside_working_time: {
    problem: outside_availability,
    detail: 'The visit does not lie within one stretch of the doctor’s working time for this service.',
  },
  off_grid: { problem: outside_availability, detail: 'That start is not one of the offered slots.' },
  busy: { problem: slot_taken, detail: 'The doctor has something else then, or too close to it.' },
};
