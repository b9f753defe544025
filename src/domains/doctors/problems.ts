import { problemCatalogue } from '../../shared/utils/errors.ts';

export const doctorProblems = problemCatalogue({
  service_not_found: {
    status: 404,
    title: 'No such service',
    advice: 'GET /services lists the services of the clinic.',
  },
  location_not_found: {
    status: 404,
    title: 'No such location',
    advice: 'GET /locations lists the locations of the clinic.',
  },
  room_not_found: {
    status: 404,
    title: 'No such room',
    advice: 'GET /rooms lists the rooms of the clinic.',
  },
  closure_not_found: {
    status: 404,
    title: 'No such closure',
    advice: 'GET /closures lists the closures of the clinic.',
  },
  doctor_not_found: {
    status: 404,
    title: 'No such doctor',
    advice: 'GET /doctors lists the doctors of the clinic.',
  },
  override_not_found: {
    status: 404,
    title: 'No such override',
    advice: 'GET /doctors/{id}/availability/overrides lists the overrides of the doctor.',
  },
  absence_not_found: {
    status: 404,
    title: 'No such absence',
    advice: 'GET /doctors/{id}/absences lists the absences of the doctor.',
  },
  absence_overlaps: {
    status: 409,
    title: 'The doctor has another absence in that time',
    advice: 'Enter only the time that absenceId does not cover, or remove that absence first.',
  },
  user_not_found: {
    status: 404,
    title: 'No such user',
    advice: 'GET /users lists the users of the clinic.',
  },
  doctor_exists: {
    status: 409,
    title: 'The user already has a doctor profile',
    advice: 'Change the profile that the user has, or name another user.',
  },
  still_booked: {
    status: 409,
    title: 'Appointments to come need it',
    advice: 'Move or cancel these appointments first. To take no new ones meanwhile, set active to false.',
  },
  place_not_in_use: {
    status: 422,
    title: 'The location or the room is not in use',
    advice: 'Choose another one: GET /locations and GET /rooms tell which are active.',
  },
  room_elsewhere: {
    status: 422,
    title: 'The room is at another location than the visit',
    advice: 'Choose a room of the location at which the visit takes place.',
  },
  service_not_offered: {
    status: 422,
    title: 'The doctor does not offer this service now',
    advice: 'Choose one of the doctor’s serviceIds; doctor and service must be active.',
  },
});
