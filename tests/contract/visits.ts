import { newId } from '../../src/shared/types/id.ts';
import { type Clinic, expectCode, expectStatus, type Patient } from '../support/clinic.ts';

type Deps = {
  clinic: Clinic;
  patient: Patient;
  doctorId: string;
  serviceId: string;
  locationId: string;
  roomId: string;
};

const at = (time: string): string => `2027-03-22T${time}:00.000Z`; // A Monday; 08:00Z is 09:00 in Berlin.
const WINDOW = 'from=2027-03-22T00:00:00Z&to=2027-03-23T00:00:00%2B01:00';

/** A patient looks for a time, books it, moves it, and cancels; another visit goes through all of its life. */
export const visits = async (deps: Deps): Promise<void> => {
  const { clinic, patient, doctorId, serviceId, locationId, roomId } = deps;
  const staff = clinic.admin.api;
  await search(deps);

  const wish = { doctorId, serviceId, startsAt: at('08:00'), reason: 'Cough', notes: 'By bike' };
  const { body: booked } = expectStatus(
    await patient.api.post('/appointments', wish, { 'Idempotency-Key': 'one' }),
    201,
  );
  expectStatus(await patient.api.post('/appointments', wish, { 'Idempotency-Key': 'one' }), 201);
  expectCode(
    await patient.api.post('/appointments', { ...wish, reason: 'Cold' }, { 'Idempotency-Key': 'one' }),
    'idempotency_key_reused',
  );
  const path = `/appointments/${booked.id}`;
  expectStatus(await patient.api.get('/appointments?status=confirmed,pending'), 200);
  expectStatus(await patient.api.get(path), 200);
  expectStatus(await patient.api.get(path, { 'If-None-Match': '"1"' }), 304);
  expectStatus(await patient.api.put(path, { startsAt: at('09:00') }, { 'If-Match': '"1"' }), 200);
  expectCode(await patient.api.put(path, { reason: 'Late' }, { 'If-Match': '"1"' }), 'version_conflict');
  expectCode(await patient.api.delete(path, undefined, { 'If-Match': '"1"' }), 'version_conflict');
  await refusedTimes(deps, path);
  expectStatus(await staff.put(path, { roomId, locationId }), 200);
  await tooLate(deps, path);
  expectStatus(await patient.api.delete(path, { reason: 'Feeling well' }), 200);
  expectCode(await patient.api.delete(path), 'invalid_transition');
  expectCode(await patient.api.put(path, { startsAt: at('08:00') }), 'invalid_transition');
  expectStatus(await patient.api.get(`${path}/history`), 200);
  for (const [method, missing] of [
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', ''],
    ['GET', '/history'],
  ] as const)
    expectCode(
      await staff.send(method, `/appointments/${newId()}${missing}`, method === 'PUT' ? {} : undefined),
      'appointment_not_found',
    );

  await lives(deps);
};

const search = async ({ clinic, patient, doctorId, serviceId }: Deps): Promise<void> => {
  const staff = clinic.admin.api;
  const unoffered = await clinic.service({ name: 'Surgery' });
  expectStatus(
    await patient.api.get(
      `/doctors/${doctorId}/slots?serviceId=${serviceId}&${WINDOW}&timezone=Asia/Kathmandu`,
    ),
    200,
  );
  expectStatus(await patient.api.get(`/slots?serviceId=${serviceId}&limit=2&${WINDOW}`), 200);
  expectStatus(
    await staff.get(`/doctors/${doctorId}/slots/explain?serviceId=${serviceId}&at=${at('08:02')}`),
    200,
  );
  for (const [doctor, service, code] of [
    [newId(), serviceId, 'doctor_not_found'],
    [doctorId, newId(), 'service_not_found'],
    [doctorId, unoffered, 'service_not_offered'],
  ] as const) {
    expectCode(await staff.get(`/doctors/${doctor}/slots?serviceId=${service}&${WINDOW}`), code);
    const explained = await staff.get(
      `/doctors/${doctor}/slots/explain?serviceId=${service}&at=${at('08:00')}`,
    );
    if (code === 'service_not_offered') expectStatus(explained, 200);
    else expectCode(explained, code);
  }
  const moving = `/doctors/${doctorId}/slots?serviceId=${serviceId}&${WINDOW}&rescheduleOf=${newId()}`;
  expectCode(await staff.get(moving), 'appointment_not_found');
};

/** Every reason for which a time is refused, to a booking and to a move alike. */
const refusedTimes = async ({ clinic, patient, ...deps }: Deps, path: string): Promise<void> => {
  const { doctorId, serviceId, roomId } = deps;
  const staff = clinic.admin.api;
  const other = await clinic.patient();
  const colleague = await clinic.doctor([serviceId]);
  const unoffered = await clinic.service({ name: 'Massage' });
  const booking = { doctorId, serviceId, startsAt: at('10:00') };
  const named = { patientId: patient.patientId };
  expectStatus(await staff.post('/appointments', { ...booking, patientId: other.patientId, roomId }), 201);
  expectStatus(await staff.post('/appointments', { ...booking, ...named, startsAt: at('08:30') }), 201);
  const inSummer = { startsAt: '2027-09-20T07:00:00Z' };
  for (const [change, code] of [
    [{}, 'slot_taken'],
    [{ doctorId: colleague, startsAt: at('08:30') }, 'patient_busy'],
    [{ startsAt: at('13:00') }, 'outside_availability'],
    [{ startsAt: '2027-03-15T08:30:00Z' }, 'notice_too_short'],
    [inSummer, 'beyond_horizon'],
  ] as const) {
    expectCode(await patient.api.post('/appointments', { ...booking, ...change }), code);
    expectCode(await patient.api.put(path, { ...booking, ...change }), code);
  }
  for (const [change, code] of [
    [{ doctorId: newId() }, 'doctor_not_found'],
    [{ serviceId: newId() }, 'service_not_found'],
    [{ doctorId: colleague, locationId: newId() }, 'location_not_found'],
    [{ roomId: newId() }, 'room_not_found'],
    [{ serviceId: unoffered }, 'service_not_offered'],
    [{ doctorId: colleague, startsAt: at('10:00'), roomId }, 'room_taken'],
  ] as const) {
    const free = { ...booking, startsAt: at('10:30'), ...change };
    expectCode(await staff.post('/appointments', { ...free, ...named }), code);
    expectCode(await staff.put(path, free), code);
  }
  expectCode(await staff.post('/appointments', { ...booking, patientId: newId() }), 'patient_not_found');
  expectCode(await staff.post('/appointments', { ...booking, startsAt: 'tomorrow' }), 'validation_failed');
};

/** A clinic that wants to know of a cancellation a month before. */
const tooLate = async ({ clinic, patient }: Deps, path: string): Promise<void> => {
  await clinic.settings({ cancellationNoticeMinutes: 30 * 24 * 60 });
  expectCode(await patient.api.delete(path), 'notice_too_short');
  await clinic.settings({ cancellationNoticeMinutes: 0 });
};

const STEPS = ['confirm', 'check-in', 'start', 'complete', 'no-show'];

const lives = async ({ clinic, patient, ...deps }: Deps): Promise<void> => {
  const staff = clinic.admin.api;
  const serviceId = await clinic.service({ name: 'Consultation', requiresConfirmation: true });
  const doctorId = await clinic.doctor([serviceId, deps.serviceId]);
  const book = async (startsAt: string) => {
    const answer = await patient.api.post('/appointments', { doctorId, serviceId, startsAt });
    return `/appointments/${expectStatus(answer, 201).body.id}`;
  };
  const seen = await book('2027-03-23T08:00:00Z');
  for (const step of STEPS) {
    expectCode(await staff.post(`/appointments/${newId()}/${step}`), 'appointment_not_found');
    expectCode(await staff.post(`${seen}/${step}`, undefined, { 'If-Match': '"0"' }), 'version_conflict');
    if (step !== 'no-show') expectStatus(await staff.post(`${seen}/${step}`), 200);
  }
  for (const step of STEPS) expectCode(await staff.post(`${seen}/${step}`), 'invalid_transition');
  const missed = await book('2027-03-24T08:00:00Z');
  expectStatus(await staff.post(`${missed}/confirm`), 200);
  expectStatus(await staff.post(`${missed}/no-show`), 200);
};
