import { doctorProblems } from '../../doctors/index.ts';
import { appointmentProblems } from '../problems.ts';

const { slot_taken, patient_busy, room_taken, outside_availability, notice_too_short, beyond_horizon } =
  appointmentProblems;
const { doctor_not_found, service_not_found, location_not_found, room_not_found } = doctorProblems;
const { service_not_offered, place_not_in_use, room_elsewhere } = doctorProblems;

/** What can stand against a time, whoever asks for it. */
export const againstTheTime = [
  doctor_not_found,
  service_not_found,
  location_not_found,
  room_not_found,
  slot_taken,
  patient_busy,
  room_taken,
  service_not_offered,
  place_not_in_use,
  room_elsewhere,
  outside_availability,
  notice_too_short,
  beyond_horizon,
];
