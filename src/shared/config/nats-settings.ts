import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { text, wholeNumber } from './variables.ts';

const HOUR_MS = 3_600_000;
const DEFAULT_PORT = '4222';

type Login = { readonly user: string; readonly pass: string } | { readonly token: string };

const loginOf = ({ username, password }: URL): Login | undefined => {
  if (username === '') return undefined;
  const user = decodeURIComponent(username);
  return password === '' ? { token: user } : { user, pass: decodeURIComponent(password) };
};

/** Servers of one cluster, `nats://user:password@host:4222` or `tls://…`, with commas between them; the first says who we are. */
const servers = z.string().transform((given, ctx) => {
  const items = given.split(',').map((item) => item.trim());
  const addresses = items.flatMap((item) => (URL.canParse(item) ? [new URL(item)] : []));
  const isGood =
    addresses.length === items.length &&
    addresses.every(({ protocol, hostname }) => /^(nats|tls):$/.test(protocol) && hostname !== '');
  if (!isGood) {
    ctx.addIssue({
      code: 'custom',
      message: 'must be addresses such as nats://localhost:4222, with commas between several',
    });
  }
  return {
    addresses: addresses.map(({ hostname, port }) => `${hostname}:${port === '' ? DEFAULT_PORT : port}`),
    login: addresses[0] && loginOf(addresses[0]),
    isEncrypted: addresses.some(({ protocol }) => protocol === 'tls:'),
  };
});

const file = text.refine((path) => existsSync(path), 'must be the path of a file');

/** The bus of the events, where it is not Redis. */
export const natsVariables = {
  EVENT_BUS: z.enum(['redis', 'nats']).default('redis'),
  NATS_URL: servers.prefault('nats://localhost:4222'),
  /** A file of `nsc`, with the token and the seed of a user. */
  NATS_CREDENTIALS_FILE: file.optional(),
  NATS_TLS_CA_FILE: file.optional(),
  NATS_TLS_CERT_FILE: file.optional(),
  NATS_TLS_KEY_FILE: file.optional(),
  /** How many servers of the cluster keep each event. */
  NATS_REPLICAS: wholeNumber(1, 5).default(1),
  NATS_MAX_AGE_HOURS: wholeNumber(1, 8_760).default(168),
};
type Variables = z.output<z.ZodObject<typeof natsVariables>>;

export const natsOf = (env: Variables) => {
  const { addresses, login, isEncrypted } = env.NATS_URL;
  const tls = {
    ...(env.NATS_TLS_CA_FILE !== undefined && { caFile: env.NATS_TLS_CA_FILE }),
    ...(env.NATS_TLS_CERT_FILE !== undefined && { certFile: env.NATS_TLS_CERT_FILE }),
    ...(env.NATS_TLS_KEY_FILE !== undefined && { keyFile: env.NATS_TLS_KEY_FILE }),
  };
  return {
    servers: addresses,
    login,
    credentials:
      env.NATS_CREDENTIALS_FILE === undefined ? undefined : readFileSync(env.NATS_CREDENTIALS_FILE, 'utf8'),
    tls: isEncrypted || Object.keys(tls).length > 0 ? tls : undefined,
    replicas: env.NATS_REPLICAS,
    maxAgeMs: env.NATS_MAX_AGE_HOURS * HOUR_MS,
  };
};
export type NatsSettings = ReturnType<typeof natsOf>;

/** What of the settings does not go together. */
export const natsComplaints = (env: Variables & { readonly EVENT_STREAM: string }): string[] => [
  ...(env.EVENT_BUS === 'nats' && !/^[\w-]{1,100}$/.test(env.EVENT_STREAM)
    ? ['EVENT_STREAM: must be letters, digits, - and _ with EVENT_BUS=nats']
    : []),
  ...(env.NATS_TLS_CERT_FILE !== undefined && env.NATS_TLS_KEY_FILE === undefined
    ? ['NATS_TLS_CERT_FILE: needs NATS_TLS_KEY_FILE beside it']
    : []),
  ...(env.NATS_TLS_KEY_FILE !== undefined && env.NATS_TLS_CERT_FILE === undefined
    ? ['NATS_TLS_KEY_FILE: needs NATS_TLS_CERT_FILE beside it']
    : []),
];
