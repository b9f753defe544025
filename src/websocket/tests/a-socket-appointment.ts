import { newId } from '../../shared/types/id.ts';
import type { SocketAppointment } from '../message-data.ts';

/** A visit on 22 March 2027 at nine in Berlin, as events hold it. */
export const aSocketAppointment = (given: Partial<SocketAppointment> = {}): SocketAppointment => ({
  id: newId(),
  doctorId: newId(),
  patientId: newId(),
  serviceId: newId(),
  locationId: null,
  roomId: null,
  startsAt: '2027-03-22T08:00:00.000Z',
  endsAt: '2027-03-22T08:30:00.000Z',
  timezone: 'Europe/Berlin',
  localStart: '2027-03-22T09:00',
  status: 'confirmed',
  series: null,
  attendanceConfirmedAt: null,
  version: 2,
  createdAt: '2027-03-20T10:00:00.000Z',
  updatedAt: '2027-03-20T10:00:00.000Z',
  ...given,
});
