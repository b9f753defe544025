import { systemClock } from '../shared/utils/clock.ts';
import { type ApiClient, createApiClient } from './api-client.ts';
import { createChance } from './chance.ts';
import { fillClinic, type Filling } from './fill-clinic.ts';

const SUBDOMAIN = 'demo';
const PASSWORD = 'demo-password';
const TIMEZONE = 'Europe/Berlin';
const DAY_MS = 86_400_000;
const PATIENTS = 400;
/** Half a year. */
const PAST_DAYS = 183;

type Login = { readonly role: string; readonly email: string; readonly password: string };
const login = (role: string, name: string): Login => ({
  role,
  email: `${name}@demo.example`,
  password: PASSWORD,
});

const logins = {
  admin: login('tenant_admin', 'admin'),
  receptionist: login('receptionist', 'reception'),
  doctor: login('doctor', 'doctor'),
  patient: login('patient', 'patient'),
};

type Created = { id: string };
type Signed = { tokens: { accessToken: string } };

const credentials = ({ email, password }: Login, firstName: string, lastName: string) => ({
  email,
  password,
  firstName,
  lastName,
});

const services = [
  {
    name: 'First visit',
    durationMinutes: 45,
    bufferAfterMinutes: 5,
    price: { amount: 9000, currency: 'EUR' },
    color: '#3366ff',
  },
  { name: 'Check-up', durationMinutes: 30, price: { amount: 6000, currency: 'EUR' }, color: '#22aa66' },
  {
    name: 'Video consultation',
    durationMinutes: 20,
    modality: 'video',
    price: { amount: 4500, currency: 'EUR' },
    requiresConfirmation: true,
  },
];

const locations = [
  { name: 'Mitte', address: 'Torstraße 100, 10119 Berlin' },
  { name: 'Kreuzberg', address: 'Oranienstraße 20, 10999 Berlin' },
  { name: 'Charlottenburg', address: 'Kantstraße 50, 10627 Berlin' },
];

const workdays = (startTime: string, endTime: string) =>
  [1, 2, 3, 4, 5].map((dayOfWeek) => ({ dayOfWeek, startTime, endTime }));

const fullDays = [...workdays('09:00', '12:00'), ...workdays('14:00', '17:00')];
const mornings = workdays('08:00', '13:00');
const afternoons = workdays('12:00', '18:00');

/** Each works at the location of its place in the list, counted round. */
const doctors = [
  ['Ada', 'Berger', 'General practice', ['de', 'en'], fullDays],
  ['Samir', 'Haddad', 'Cardiology', ['de', 'ar', 'fr'], mornings],
  ['Mira', 'Novak', 'Dermatology', ['de', 'cs'], fullDays],
  ['Deniz', 'Yılmaz', 'Paediatrics', ['de', 'tr'], fullDays],
  ['Helen', 'Carter', 'General practice', ['en', 'de'], afternoons],
  ['Jakub', 'Kowalski', 'Orthopaedics', ['de', 'pl'], mornings],
  ['Sofia', 'Rossi', 'Gynaecology', ['de', 'it', 'en'], fullDays],
  ['Kenji', 'Tanaka', 'Neurology', ['de', 'ja', 'en'], afternoons],
] as const;

const addAll = async (admin: ApiClient, path: string, things: readonly object[]): Promise<string[]> => {
  const ids: string[] = [];
  for (const thing of things) ids.push((await admin.post<Created>(path, thing)).id);
  return ids;
};

const addDoctors = async (
  admin: ApiClient,
  { serviceIds, locationIds, userId }: { serviceIds: string[]; locationIds: string[]; userId: string },
) => {
  const ids: string[] = [];
  for (const [i, [firstName, lastName, specialization, languages, rules]] of doctors.entries()) {
    const locationId = locationIds[i % locationIds.length];
    const doctor = await admin.post<Created>('/doctors', {
      firstName,
      lastName,
      title: 'Dr.',
      specializations: [specialization],
      languages,
      timezone: TIMEZONE,
      serviceIds,
      ...(i === 0 && { userId }),
    });
    const hours = rules.map((rule) => ({ ...rule, locationId }));
    await admin.put(`/doctors/${doctor.id}/availability`, { timezone: TIMEZONE, rules: hours });
    ids.push(doctor.id);
  }
  return ids;
};

/** The patient books the first free check-up of each doctor in the coming weeks. */
const bookVisits = async (patient: ApiClient, doctorIds: readonly string[], serviceId: string) => {
  const now = systemClock.now().getTime();
  const from = new Date(now + DAY_MS).toISOString();
  const to = new Date(now + 14 * DAY_MS).toISOString();
  for (const doctorId of doctorIds) {
    const query = new URLSearchParams({ serviceId, from, to });
    const { data } = await patient.get<{ data: { startsAt: string }[] }>(
      `/doctors/${doctorId}/slots?${query.toString()}`,
    );
    const free = data[doctorIds.indexOf(doctorId) * 3] ?? data[0];
    if (free) await patient.post('/appointments', { doctorId, serviceId, startsAt: free.startsAt });
  }
};

/** Notes on the doctor's latest visits, most of them signed. */
const writeNotes = async (doctor: ApiClient, now: Date): Promise<void> => {
  const query = new URLSearchParams({
    status: 'completed',
    from: new Date(now.getTime() - 14 * DAY_MS).toISOString(),
    to: now.toISOString(),
    limit: '30',
  });
  const { data } = await doctor.get<{ data: Created[] }>(`/appointments?${query.toString()}`);
  for (const [i, { id }] of data.entries()) {
    const [subjective, plan] = NOTES[i % NOTES.length] ?? NOTES[0];
    const content = { subjective, objective: 'General condition good.', assessment: 'As discussed.', plan };
    const note = await doctor.post<Created>('/medical-notes', { appointmentId: id, kind: 'soap', content });
    if (i % 5 !== 0) await doctor.post(`/medical-notes/${note.id}/sign`, {});
  }
};

/** People who would rather come sooner. */
const waitForTimes = async (
  admin: ApiClient,
  serviceId: string,
  doctorIds: readonly string[],
  now: Date,
): Promise<void> => {
  const { data } = await admin.get<{ data: Created[] }>('/patients?limit=12');
  for (const [i, { id: patientId }] of data.slice(-10).entries()) {
    await admin.post('/waitlist', {
      patientId,
      serviceId,
      doctorId: doctorIds[i % doctorIds.length],
      earliest: new Date(now.getTime() + DAY_MS).toISOString(),
      latest: new Date(now.getTime() + (10 + i) * DAY_MS).toISOString(),
    });
  }
};

const NOTES = [
  ['Cough and hoarseness for a week, no fever.', 'Rest, fluids; come back if it gets worse.'],
  ['Back pain after moving house.', 'Physiotherapy, six sessions.'],
  ['Feels well. Here for the yearly check.', 'Laboratory values, next check in a year.'],
  ['Headache in the evening, mostly after work.', 'Keep a diary; check-up in four weeks.'],
] as const;

type Bulk = Pick<Filling, 'database' | 'audit' | 'onProgress'> & { readonly seed: number };

const make = async (baseUrl: string, bulk: Bulk) => {
  const now = systemClock.now();
  const asAnyone = createApiClient(baseUrl, { 'X-Tenant-Subdomain': SUBDOMAIN });
  const as = ({ tokens }: Signed) =>
    createApiClient(baseUrl, { Authorization: `Bearer ${tokens.accessToken}` });

  const admin = as(
    await asAnyone.post<Signed>('/tenants', {
      name: 'Demo Clinic',
      subdomain: SUBDOMAIN,
      timezone: TIMEZONE,
      locale: 'de',
      owner: credentials(logins.admin, 'Mara', 'Lindt'),
    }),
  );
  await admin.post('/users', { ...credentials(logins.receptionist, 'Jonas', 'Weber'), role: 'receptionist' });
  const user = await admin.post<Created>('/users', {
    ...credentials(logins.doctor, 'Ada', 'Berger'),
    role: 'doctor',
  });
  const serviceIds = await addAll(admin, '/services', services);
  const locationIds = await addAll(
    admin,
    '/locations',
    locations.map((location) => ({ ...location, timezone: TIMEZONE })),
  );
  const doctorIds = await addDoctors(admin, { serviceIds, locationIds, userId: user.id });
  const checkUp = serviceIds[1] ?? '';

  const patient = as(
    await asAnyone.post<Signed>('/auth/register', {
      ...credentials(logins.patient, 'Nora', 'Klein'),
      dateOfBirth: '1988-04-12',
    }),
  );
  await bookVisits(patient, doctorIds.slice(0, 2), checkUp);
  const chance = createChance(bulk.seed);
  const filling = { patients: PATIENTS, pastDays: PAST_DAYS, withFigures: true };
  await fillClinic(admin, { ...bulk, ...filling, chance, now });
  const { email, password } = logins.doctor;
  await writeNotes(as(await asAnyone.post<Signed>('/auth/login', { email, password })), now);
  await waitForTimes(admin, checkUp, doctorIds, now);
};

/** Makes the demo clinic where it is not there yet, and answers its logins. */
export const seedDemoClinic = async (
  baseUrl: string,
  bulk: Bulk,
): Promise<{ readonly wasThere: boolean; readonly logins: readonly Login[] }> => {
  const asAnyone = createApiClient(baseUrl, { 'X-Tenant-Subdomain': SUBDOMAIN });
  const wasThere = await asAnyone.answers('/tenants/current');
  if (!wasThere) await make(baseUrl, bulk);
  return { wasThere, logins: Object.values(logins) };
};
