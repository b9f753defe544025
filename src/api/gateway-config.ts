import type { PartedService, Service, ServiceUrls } from '../shared/config/services.ts';
import type { RouteGroup } from '../shared/utils/route.ts';

export type ServedGroup = { readonly service: Service; readonly group: Pick<RouteGroup, 'base'> };

/** Pages that are no part of the table, by the first segment of their paths. */
const pages: Readonly<Partial<Record<PartedService, readonly string[]>>> = { notifications: ['/visits'] };

const firstSegment = ({ base }: Pick<RouteGroup, 'base'>): string => base.split('/')[1] ?? '';

/** Which first segments of the API are whose. Throws where two services share one, since no gateway could tell them apart by it. */
export const segmentsOf = (groups: readonly ServedGroup[]): ReadonlyMap<string, Service> => {
  const owners = new Map<string, Service>();
  for (const { service, group } of groups) {
    const segment = firstSegment(group);
    const owner = owners.get(segment) ?? service;
    if (owner !== service) throw new Error(`/${segment} belongs to ${owner} and to ${service}`);
    owners.set(segment, owner);
  }
  return owners;
};

const indented = (lines: readonly string[], by: string): string =>
  lines.map((line) => (line === '' ? '' : `${by}${line}`)).join('\n');

/** With its port, which nginx takes for 80 where it is not said. */
const hostOf = (url: string): string => {
  const { protocol, hostname, port } = new URL(url);
  return `${hostname}:${port === '' && protocol === 'https:' ? 443 : port || 80}`;
};

const upstreamOf = (service: Service, url: string): string[] => {
  return [
    `upstream ${service} {`,
    `  server ${hostOf(url)} max_fails=2 fail_timeout=5s;`,
    '  keepalive 32;',
    '}',
  ];
};

const locationOf = (service: PartedService, url: string, segments: readonly string[]): string[] => {
  const paths = [
    ...(segments.length > 0 ? [`/api/v1/(${segments.join('|')})`] : []),
    ...(pages[service] ?? []),
  ];
  const scheme = new URL(url).protocol;
  // Express does not mind the case of a path, so the gateway does not either.
  return paths.flatMap((path) => [
    `location ~* ^${path}(/|$) {`,
    `  proxy_pass ${scheme}//${service};`,
    '}',
    '',
  ]);
};

const UPSTREAMS = /^ *# Other services, by `npm run gateway`\.\n/m;
const LOCATIONS = /^ *# What other services answer, by `npm run gateway`\.\n/m;
const TLS_SERVER = / {2}server \{\n {4}listen \$\{HTTP_PORT\}[\s\S]*?\n {2}\}\n\n/;

const withoutTls = (text: string): string =>
  text
    .replace(TLS_SERVER, '')
    .replace('listen ${HTTPS_PORT} ssl http2 default_server', 'listen ${HTTP_PORT} default_server')
    .replaceAll(/^ *ssl_.*\n/gm, '');

/**
 * The configuration of nginx in front of services: `template`, which knows the core alone, with what each of the others answers. A
 * path that nobody else answers is the core's. `isPlain`: without TLS, for what stands behind something that ends it.
 */
export const gatewayConfig = (
  template: string,
  groups: readonly ServedGroup[],
  { urls, isPlain = false }: { readonly urls: ServiceUrls; readonly isPlain?: boolean },
): string => {
  const owners = segmentsOf(groups);
  const others = (Object.entries(urls) as [Service, string][]).filter(
    (entry): entry is [PartedService, string] => entry[0] !== 'core',
  );
  const upstreams = others.flatMap(([service, url]) => [...upstreamOf(service, url), '']);
  const locations = others.flatMap(([service, url]) => {
    const segments = [...owners].filter(([, owner]) => owner === service).map(([segment]) => segment);
    return locationOf(service, url, segments);
  });
  const whole = template
    .replace(UPSTREAMS, `${indented(upstreams, '  ')}\n`)
    .replace(LOCATIONS, `${indented(locations, '    ')}\n`)
    .replaceAll('${UPSTREAM}', urls.core === undefined ? '${UPSTREAM}' : hostOf(urls.core))
    .replaceAll('http://api', `${new URL(urls.core ?? 'http://api').protocol}//api`);
  return isPlain ? withoutTls(whole) : whole;
};
