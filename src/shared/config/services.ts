import { z } from 'zod';

/** Domains that change rows in one transaction: whoever books, signs up or merges needs all of them. They are one service. */
export const coreDomains = [
  'tenants',
  'auth',
  'patients',
  'doctors',
  'appointments',
  'webhooks',
  'audit',
] as const;

/** Domains that can run as services of their own. */
export const partedServices = ['notifications', 'analytics', 'medical-notes'] as const;

/** What a process can run: the core, and beside it what can be parted from it. */
export const services = ['core', ...partedServices] as const;
export type Service = (typeof services)[number];
export type PartedService = (typeof partedServices)[number];
export type ServiceUrls = Readonly<Partial<Record<Service, string>>>;

const KNOWN = ['all', 'core', ...coreDomains, ...partedServices].join(', ');
const itemsOf = (given: string): string[] =>
  given
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

const isParted = (name: string): name is PartedService =>
  (partedServices as readonly string[]).includes(name);
const isCore = (name: string): boolean => (coreDomains as readonly string[]).includes(name);

/** Which domains a process runs: `all`, or names of domains; `core` stands for those that go together. */
export const serviceNames = z.string().transform((given, ctx): ReadonlySet<Service> => {
  const names = new Set(itemsOf(given));
  const refuse = (message: string) => {
    ctx.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  if (names.has('all')) return new Set(services);
  const strange = [...names].find((name) => name !== 'core' && !isCore(name) && !isParted(name));
  if (strange !== undefined || names.size === 0)
    return refuse(`must be names of domains separated by commas: ${KNOWN}`);
  const missing = names.has('core') ? [] : coreDomains.filter((name) => !names.has(name));
  if (missing.length > 0 && missing.length < coreDomains.length) {
    return refuse(
      `must name ${coreDomains.join(', ')} together, or none of them: they change rows in one transaction; ${missing.join(', ')} is missing`,
    );
  }
  return new Set<Service>([
    ...(missing.length === 0 ? ['core' as const] : []),
    ...[...names].filter(isParted),
  ]);
});

const isService = (name: string): name is Service => (services as readonly string[]).includes(name);
const isAddress = (url: string): boolean =>
  URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && new URL(url).origin === url;

/** Where services are reached: `core=http://10.0.0.5:3000,notifications=http://10.0.0.6:3000`. */
export const serviceUrls = z.string().transform((given, ctx): ServiceUrls => {
  const urls: Partial<Record<Service, string>> = {};
  for (const item of itemsOf(given)) {
    const [name = '', ...rest] = item.split('=');
    const url = rest.join('=').replace(/\/$/, '');
    if (!isService(name) || !isAddress(url)) {
      const message = `must be name=address separated by commas, such as core=http://10.0.0.5:3000, of ${services.join(', ')}`;
      ctx.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
    urls[name] = url;
  }
  return urls;
});

export const serviceVariables = {
  /** Which domains the process runs. Default: all. */
  SERVICES: serviceNames.default(new Set(services)),
  SERVICE_URLS: serviceUrls.default({}),
  /** What services show each other. */
  SERVICE_TOKEN_SECRET: z.string().min(32, 'must have 32 characters or more').optional(),
};
type Variables = z.output<z.ZodObject<typeof serviceVariables>>;

/** Whom a process asks: what is not the core asks the core, and the core asks whatever it does not run. */
const asked = (run: ReadonlySet<Service>): Service[] =>
  run.has('core') ? partedServices.filter((name) => !run.has(name)) : ['core'];

export const missingServiceParts = ({
  SERVICES,
  SERVICE_URLS,
  SERVICE_TOKEN_SECRET,
}: Variables): string[] => {
  const elsewhere = asked(SERVICES);
  const unknown = elsewhere.filter((name) => SERVICE_URLS[name] === undefined);
  return [
    ...(unknown.length > 0
      ? [
          `SERVICE_URLS: must say where ${unknown.join(' and ')} can be reached, since SERVICES leaves that out`,
        ]
      : []),
    ...(elsewhere.length > 0 && SERVICE_TOKEN_SECRET === undefined
      ? [
          'SERVICE_TOKEN_SECRET: must be set where SERVICES is not all; make one with: openssl rand -base64 32',
        ]
      : []),
  ];
};

export const servicesOf = ({ SERVICES, SERVICE_URLS, SERVICE_TOKEN_SECRET }: Variables) => ({
  run: SERVICES,
  urls: SERVICE_URLS,
  /** Set wherever something runs elsewhere. */
  tokenSecret: SERVICE_TOKEN_SECRET,
});
export type ServiceSettings = ReturnType<typeof servicesOf>;
