import { randomBytes } from 'node:crypto';
import type { Clock } from '../../shared/utils/clock.ts';
import type { Answer, Ask } from './identity-app.ts';

export const PASSWORD = 'correct horse battery';

export type Tokens = { accessToken: string; refreshToken: string; tokenType: string; expiresIn: number };
export type SignedIn = { user: { id: string; email: string; role: string; version: number }; tokens: Tokens };
export type Clinic = SignedIn & {
  tenant: { id: string; subdomain: string };
  token: string;
  /** Headers that name the clinic. */
  named: Record<string, string>;
};

export const unique = (word: string): string => `${word}-${randomBytes(6).toString('hex')}`;

export const signUpBody = () => ({
  name: 'Sunrise Clinic',
  subdomain: unique('sunrise'),
  timezone: 'Europe/Berlin',
  owner: { email: 'Owner@Example.org', password: PASSWORD, firstName: 'Ada', lastName: 'Owner' },
});

const bodyOf = (wanted: number, { status, body }: Answer): unknown => {
  if (status !== wanted) throw new Error(`${status} instead of ${wanted}: ${JSON.stringify(body)}`);
  return body;
};

/** A fresh clinic with its administrator logged in. */
export const aClinic = async (ask: Ask): Promise<Clinic> => {
  const answer = await ask('POST', '/tenants', { body: signUpBody() });
  const clinic = bodyOf(201, answer) as Omit<Clinic, 'token' | 'named'>;
  return { ...clinic, token: clinic.tokens.accessToken, named: { 'X-Tenant-ID': clinic.tenant.id } };
};

/** A patient who has registered with the clinic. */
export const aPatient = async (ask: Ask, { named }: Clinic, fields: object = {}): Promise<SignedIn> => {
  const body = {
    email: `${unique('patient')}@example.org`,
    password: PASSWORD,
    firstName: 'Pat',
    lastName: 'Ient',
    ...fields,
  };
  return bodyOf(201, await ask('POST', '/auth/register', { headers: named, body })) as SignedIn;
};

export const logIn = async (ask: Ask, { named }: Clinic, email: string): Promise<SignedIn> => {
  const body = { email, password: PASSWORD };
  return bodyOf(200, await ask('POST', '/auth/login', { headers: named, body })) as SignedIn;
};

/** Somebody for whom the administrator has opened an account, logged in. */
export const aColleague = async (ask: Ask, clinic: Clinic, role: string): Promise<SignedIn> => {
  const email = `${unique(role.replace('_', '-'))}@example.org`;
  const body = { email, password: PASSWORD, firstName: 'Col', lastName: 'League', role };
  bodyOf(201, await ask('POST', '/users', { token: clinic.token, body }));
  return logIn(ask, clinic, email);
};

/** A clock that stands where it is put. */
export const settableClock = (): Clock & { advance(ms: number): void } => {
  let now = Date.now();
  return {
    now: () => new Date(now),
    advance: (ms) => {
      now += ms;
    },
  };
};

/** Asks until the answer is right, for what another process is told of. */
export const eventually = async (isRight: () => Promise<boolean>, forMs = 2_000): Promise<boolean> => {
  for (const until = Date.now() + forMs; Date.now() < until;) {
    if (await isRight()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
};
