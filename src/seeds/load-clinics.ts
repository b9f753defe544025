import { systemClock } from '../shared/utils/clock.ts';
import { createApiClient } from './api-client.ts';
import { createChance } from './chance.ts';
import { fillClinic, type Filling } from './fill-clinic.ts';

export type Load = Pick<Filling, 'database' | 'audit' | 'onProgress'> & {
  readonly seed: number;
  readonly tenants: number;
  /** Of each clinic. */
  readonly doctors: number;
  readonly patients: number;
  readonly appointments: number;
  readonly onClinic: (subdomain: string, wasThere: boolean) => void;
};

const PASSWORD = 'demo-password';
const TIMEZONE = 'Europe/Berlin';
const HOURS = [1, 2, 3, 4, 5].flatMap((dayOfWeek) => [
  { dayOfWeek, startTime: '08:00', endTime: '12:00' },
  { dayOfWeek, startTime: '13:00', endTime: '18:00' },
]);
const SERVICES = [
  { name: 'Check-up', durationMinutes: 30 },
  { name: 'Short visit', durationMinutes: 20 },
];

type Created = { id: string };

const loadClinic = async (baseUrl: string, subdomain: string, load: Load, seed: number): Promise<void> => {
  const asAnyone = createApiClient(baseUrl, {});
  const owner = {
    email: `admin@${subdomain}.example`,
    password: PASSWORD,
    firstName: 'Mara',
    lastName: 'Lindt',
  };
  const { tokens } = await asAnyone.post<{ tokens: { accessToken: string } }>('/tenants', {
    name: `Clinic ${subdomain}`,
    subdomain,
    timezone: TIMEZONE,
    owner,
  });
  const admin = createApiClient(baseUrl, { Authorization: `Bearer ${tokens.accessToken}` });
  const serviceIds: string[] = [];
  for (const service of SERVICES) serviceIds.push((await admin.post<Created>('/services', service)).id);
  for (let i = 1; i <= load.doctors; i++) {
    const name = { firstName: 'Doctor', lastName: `Number ${i}` };
    const doctor = await admin.post<Created>('/doctors', { ...name, timezone: TIMEZONE, serviceIds });
    await admin.put(`/doctors/${doctor.id}/availability`, { timezone: TIMEZONE, rules: HOURS });
  }
  const { patients, appointments } = load;
  const now = systemClock.now();
  const filling = { patients, appointments, pastDays: 0, withFigures: false };
  await fillClinic(admin, { ...load, ...filling, chance: createChance(seed), now });
};

/** Makes clinics for load, each named by seed and number; one that is there is left as it is. */
export const loadClinics = async (baseUrl: string, load: Load): Promise<void> => {
  for (let i = 1; i <= load.tenants; i++) {
    const subdomain = `load-${load.seed}-${i}`;
    const wasThere = await createApiClient(baseUrl, { 'X-Tenant-Subdomain': subdomain }).answers(
      '/tenants/current',
    );
    load.onClinic(subdomain, wasThere);
    if (!wasThere) await loadClinic(baseUrl, subdomain, load, load.seed + i);
  }
};
