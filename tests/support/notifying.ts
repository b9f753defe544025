import { testConfig } from '../../src/database/tests/test-database.ts';
import type { Config } from '../../src/shared/config/config.ts';
import { newId } from '../../src/shared/types/id.ts';
import { until } from '../../src/shared/tests/until.ts';
import { type Bookable, aBookableClinic } from './bookable.ts';
import { startCheckedServer } from './checked-server.ts';
import { expectStatus, type Person } from './clinic.ts';
import { type Call, type RecordedProvider, startRecordedProvider } from './recorded-provider.ts';
import type { TestServer } from './test-server.ts';

export const SMS = { accountSid: 'AC0123', authToken: 'a token', from: '+4930111', countryCode: '49' };

/** A server that sends SMS to somebody here. Its answers are held against the documentation. */
export type Notifying = {
  readonly server: TestServer;
  readonly phones: RecordedProvider;
  /** A clinic whose patient can be reached by SMS. */
  clinic(): Promise<Bookable & { readonly phone: string }>;
  stop(): Promise<void>;
};

const taken = () => ({ status: 201, body: JSON.stringify({ sid: `SM${newId()}` }) });

export const notifyingConfig = (
  phones: Pick<RecordedProvider, 'port'>,
  changes: Partial<Config['notifications']> = {},
): Partial<Config> => ({
  streamPrefix: `{notify-${newId()}}`,
  notifications: {
    ...testConfig().notifications,
    sweepMs: 20,
    sms: { ...SMS, url: `http://127.0.0.1:${phones.port}` },
    ...changes,
  },
});

export const startNotifying = async (
  changes: Partial<Config['notifications']> = {},
  others: Partial<Config> = {},
): Promise<Notifying> => {
  const phones = await startRecordedProvider(taken);
  const server = await startCheckedServer(undefined, { ...notifyingConfig(phones, changes), ...others });
  return {
    server,
    phones,
    clinic: async () => {
      const here = await aBookableClinic(server);
      const phone = aNumber();
      const { patientId } = here.patient;
      expectStatus(await here.clinic.admin.api.patch(`/patients/${patientId}`, { phone }), 200);
      return { ...here, phone };
    },
    stop: async () => {
      await server.stop();
      phones.stop();
    },
  };
};

const aNumber = (): string => `+49151${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`;

/** The texts that a number was sent. */
export const textsTo = ({ calls }: RecordedProvider, phone: string): string[] =>
  calls
    .map(({ body }: Call) => new URLSearchParams(body.toString()))
    .filter((form) => form.get('To') === phone)
    .map((form) => form.get('Body') ?? '');

export const inboxOf = async ({ api }: Person, query = ''): Promise<any[]> =>
  expectStatus(await api.get(`/notifications?limit=100${query}`), 200).body.data;

/** The notification of a kind, as soon as it is there. */
export const told = (person: Person, kind: string): Promise<any> =>
  until(async () => (await inboxOf(person)).find((each) => each.kind === kind));

export const deliveriesOf = async ({ api }: Person, query = ''): Promise<any[]> =>
  expectStatus(await api.get(`/notifications/deliveries?limit=100${query}`), 200).body.data;
