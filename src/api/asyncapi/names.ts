/** The name of a schema: `AppointmentBooked` for `appointment.booked`. */
export const nameOf = (type: string): string =>
  type.replaceAll(/(?:^|[._])(\w)/g, (_match, letter: string) => letter.toUpperCase());

export const refTo = (...parts: string[]) => ({ $ref: `#/${parts.join('/')}` });
