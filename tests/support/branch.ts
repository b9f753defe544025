import { aClinic, type Clinic, expectStatus } from './clinic.ts';
import type { TestServer } from './test-server.ts';

/** A Monday: 08:00Z is nine in Berlin. */
export const MONDAY = { startDate: '2027-03-22', endDate: '2027-03-22' };
export const at = (time: string): string => `2027-03-22T${time}:00.000Z`;
export const ON_MONDAY = 'from=2027-03-22T00:00:00Z&to=2027-03-23T00:00:00Z';
export const NINE_TO_TEN = { startTime: '09:00', endTime: '10:00' };
export const TEN_TO_ELEVEN = { startTime: '10:00', endTime: '11:00' };

export type Here = {
  clinic: Clinic;
  api: Clinic['admin']['api'];
  serviceId: string;
  doctorId: string;
  branch: string;
};

/** A branch, and a doctor who works from nine to twelve, wherever the visit is. */
export const aBranch = async (server: TestServer): Promise<Here> => {
  const clinic = await aClinic(server);
  const { api } = clinic.admin;
  const place = { name: 'Branch', address: 'Side Street 1', timezone: 'Europe/London' };
  const branch = expectStatus(await api.post('/locations', place), 201).body.id;
  const serviceId = await clinic.service();
  return { clinic, api, serviceId, branch, doctorId: await clinic.doctor([serviceId]) };
};
export const override = ({ api, doctorId }: Here, intervals: object[], dates: object = MONDAY) =>
  api.post(`/doctors/${doctorId}/availability/overrides`, { kind: 'custom', intervals, ...dates });
/** The doctor is in the branch from nine to eleven on Monday. */
export const inBranch = async (server: TestServer): Promise<Here> => {
  const place = await aBranch(server);
  const { branch: locationId } = place;
  expectStatus(
    await override(place, [
      { ...NINE_TO_TEN, locationId },
      { ...TEN_TO_ELEVEN, locationId },
    ]),
    201,
  );
  return place;
};

type Offered = { startsAt: string; locationId: string | null };
export const slots = async ({ api, doctorId, serviceId }: Here): Promise<Offered[]> =>
  expectStatus(await api.get(`/doctors/${doctorId}/slots?serviceId=${serviceId}&${ON_MONDAY}`), 200).body
    .data;
export const placesOf = async (place: Here) => (await slots(place)).map(({ locationId }) => locationId);
export const booked = async (
  { clinic, api, doctorId, serviceId }: Here,
  startsAt: string,
  more: object = {},
) => {
  const { patientId } = await clinic.patient();
  const visit = { doctorId, serviceId, startsAt, patientId, ...more };
  return expectStatus(await api.post('/appointments', visit), 201).body;
};
export const affectedIn = (body: { affectedAppointments: { id: string }[] }) =>
  body.affectedAppointments.map(({ id }) => id);
