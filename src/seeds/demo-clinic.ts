import { systemClock } from '../shared/utils/clock.ts';
import { type ApiClient, createApiClient } from './api-client.ts';

const SUBDOMAIN = 'demo';
const PASSWORD = 'demo-password';
const TIMEZONE = 'Europe/Berlin';
const DAY_MS = 86_400_000;

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
  },
  { name: 'Check-up', durationMinutes: 30, price: { amount: 6000, currency: 'EUR' } },
  { name: 'Video consultation', durationMinutes: 20, modality: 'video', requiresConfirmation: true },
];

const workdays = (startTime: string, endTime: string) =>
  [1, 2, 3, 4, 5].map((dayOfWeek) => ({ dayOfWeek, startTime, endTime }));

const doctors = [
  {
    firstName: 'Ada',
    lastName: 'Berger',
    title: 'Dr.',
    specializations: ['General practice'],
    languages: ['de', 'en'],
    rules: [...workdays('09:00', '12:00'), ...workdays('14:00', '17:00')],
  },
  {
    firstName: 'Samir',
    lastName: 'Haddad',
    title: 'Dr.',
    specializations: ['Cardiology'],
    languages: ['de', 'ar', 'fr'],
    rules: workdays('08:00', '13:00'),
  },
];

const addDoctors = async (admin: ApiClient, serviceIds: readonly string[], userId: string) => {
  const ids: string[] = [];
  for (const [i, { rules, ...profile }] of doctors.entries()) {
    const doctor = await admin.post<Created>('/doctors', {
      ...profile,
      timezone: TIMEZONE,
      serviceIds,
      ...(i === 0 && { userId }),
    });
    await admin.put(`/doctors/${doctor.id}/availability`, { timezone: TIMEZONE, rules });
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
    const free = data[doctorIds.indexOf(doctorId) * 3];
    if (free) await patient.post('/appointments', { doctorId, serviceId, startsAt: free.startsAt });
  }
};

const make = async (baseUrl: string) => {
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

  const made: Created[] = [];
  for (const service of services) made.push(await admin.post<Created>('/services', service));
  const serviceIds = made.map(({ id }) => id);
  const doctorIds = await addDoctors(admin, serviceIds, user.id);

  const patient = as(
    await asAnyone.post<Signed>('/auth/register', {
      ...credentials(logins.patient, 'Nora', 'Klein'),
      dateOfBirth: '1988-04-12',
    }),
  );
  await bookVisits(patient, doctorIds, serviceIds[1] ?? '');
};

/** Makes the demo clinic where it is not there yet, and answers its logins. */
export const seedDemoClinic = async (
  baseUrl: string,
): Promise<{ readonly wasThere: boolean; readonly logins: readonly Login[] }> => {
  const asAnyone = createApiClient(baseUrl, { 'X-Tenant-Subdomain': SUBDOMAIN });
  const wasThere = await asAnyone.answers('/tenants/current');
  if (!wasThere) await make(baseUrl);
  return { wasThere, logins: Object.values(logins) };
};
