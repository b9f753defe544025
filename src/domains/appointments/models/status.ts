import { z } from 'zod';

export const AppointmentStatus = z.enum([
  'pending',
  'confirmed',
  'checked_in',
  'in_progress',
  'completed',
  'cancelled',
  'no_show',
]);
export type AppointmentStatus = z.output<typeof AppointmentStatus>;

/** What may follow each status; from a status without successors there is no way back. */
const successors: Readonly<Record<AppointmentStatus, readonly AppointmentStatus[]>> = {
  pending: ['confirmed', 'cancelled'],
  confirmed: ['checked_in', 'cancelled', 'no_show'],
  checked_in: ['in_progress', 'cancelled', 'no_show'],
  in_progress: ['completed'],
  completed: [],
  cancelled: [],
  no_show: [],
};

export const mayBecome = (from: AppointmentStatus, to: AppointmentStatus): boolean =>
  successors[from].includes(to);

/** Only a visit that has not begun can be moved. */
export const mayMove = (status: AppointmentStatus): boolean => status === 'pending' || status === 'confirmed';

/** Statuses in which the visit is still to come or under way. */
export const activeStatuses = AppointmentStatus.options.filter((status) => successors[status].length > 0);
