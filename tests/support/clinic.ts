import { randomBytes } from 'node:crypto';
import type { Answer, Api } from './api.ts';
import type { TestServer } from './test-server.ts';

export type Person = {
  readonly api: Api;
  readonly userId: string;
  readonly email: string;
  readonly token: string;
  readonly refreshToken: string;
};
export type Patient = Person & { readonly patientId: string };

/** A clinic of its own for one test: nothing that another test does can be seen in it. */
export type Clinic = {
  readonly tenantId: string;
  readonly subdomain: string;
  readonly anyone: Api;
  readonly admin: Person;
  settings(changes: object): Promise<void>;
  service(fields?: object): Promise<string>;
  /** A doctor who gives the services, by default every day from 09:00 to 12:00 in Berlin. */
  doctor(serviceIds: readonly string[], options?: DoctorOptions): Promise<string>;
  staff(role: 'tenant_admin' | 'receptionist' | 'doctor'): Promise<Person>;
  patient(): Promise<Patient>;
  /** A new session, for when the clock has left the old one behind. */
  logIn(person: Person): Promise<Person>;
};
export type DoctorOptions = {
  readonly timezone?: string;
  readonly rules?: readonly object[];
  readonly userId?: string;
};

export const PASSWORD = 'correct horse battery';
const TIMEZONE = 'Europe/Berlin';
const EVERY_MORNING = [1, 2, 3, 4, 5, 6, 7].map((dayOfWeek) => ({
  dayOfWeek,
  startTime: '09:00',
  endTime: '12:00',
}));

/** Whatever a test builds on must be there. */
export const expectStatus = (answer: Answer, status: number): Answer => {
  if (answer.status !== status) {
    throw new Error(`Expected ${status}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
  return answer;
};

/** Whatever a test provokes must be refused for that reason. */
export const expectCode = (answer: Answer, code: string): Answer => {
  if (answer.body?.code !== code) {
    throw new Error(`Expected ${code}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
  return answer;
};

const unique = () => randomBytes(6).toString('hex');

type Signed = { user: { id: string; email: string }; tokens: { accessToken: string; refreshToken: string } };
const personOf = (api: Api, { user, tokens }: Signed): Person => ({
  api: api.with({ Authorization: `Bearer ${tokens.accessToken}` }),
  userId: user.id,
  email: user.email,
  token: tokens.accessToken,
  refreshToken: tokens.refreshToken,
});

export const aClinic = async ({ api }: Pick<TestServer, 'api'>): Promise<Clinic> => {
  const subdomain = `clinic-${unique()}`;
  const signUp = { name: 'A Clinic', subdomain, timezone: TIMEZONE, owner: account('admin') };
  const { body } = expectStatus(await api.post('/tenants', signUp), 201);
  const anyone = api.with({ 'X-Tenant-Subdomain': subdomain });
  const admin = personOf(api, body);

  const logIn = async (email: string) => {
    const answer = expectStatus(await anyone.post('/auth/login', { email, password: PASSWORD }), 200);
    return personOf(api, answer.body);
  };

  return {
    tenantId: body.tenant.id,
    subdomain,
    anyone,
    admin,
    settings: async (changes) => {
      expectStatus(await admin.api.patch('/tenants/current/settings', changes), 200);
    },
    service: async (fields = {}) => {
      const service = { name: 'Check-up', durationMinutes: 30, ...fields };
      return expectStatus(await admin.api.post('/services', service), 201).body.id;
    },
    doctor: async (serviceIds, { timezone = TIMEZONE, rules = EVERY_MORNING, userId } = {}) => {
      const profile = {
        firstName: 'Ada',
        lastName: 'Berger',
        timezone,
        serviceIds,
        ...(userId && { userId }),
      };
      const { id } = expectStatus(await admin.api.post('/doctors', profile), 201).body;
      expectStatus(await admin.api.put(`/doctors/${id}/availability`, { timezone, rules }), 200);
      return id;
    },
    staff: async (role) => {
      const created = expectStatus(await admin.api.post('/users', { ...account(role), role }), 201);
      return logIn(created.body.email);
    },
    logIn: ({ email }) => logIn(email),
    patient: async () => {
      const { body: signed } = expectStatus(await anyone.post('/auth/register', account('patient')), 201);
      const person = personOf(api, signed);
      const me = expectStatus(await person.api.get('/auth/me'), 200);
      return { ...person, patientId: me.body.patientId };
    },
  };
};

const account = (name: string) => ({
  email: `${name}-${unique()}@example.org`,
  password: PASSWORD,
  firstName: 'Kim',
  lastName: 'Example',
});
