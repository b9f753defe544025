import { isIP } from 'node:net';
import { isReservedSubdomain } from '../domains/tenants/index.ts';

/** One way in which a request names its tenant. */
export type TenantName =
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'subdomain'; readonly subdomain: string }
  /** Names a tenant only if it is a verified domain of one. */
  | { readonly by: 'hostname'; readonly hostname: string };

type Naming = {
  /** The tenant of a valid access token. */
  readonly tokenTenantId: string | undefined;
  readonly tenantIdHeader: string | undefined;
  readonly subdomainHeader: string | undefined;
  /** Without its port. */
  readonly hostname: string | undefined;
  readonly appDomain: string;
};

/** Every name that a request gives its tenant, the weightiest first: token, `X-Tenant-ID`, `X-Tenant-Subdomain`, host. */
export const tenantNames = (naming: Naming): TenantName[] => {
  const { tokenTenantId, appDomain } = naming;
  const id = given(naming.tenantIdHeader);
  const subdomain = given(naming.subdomainHeader);
  const host = hostName(given(naming.hostname)?.replace(/\.$/, ''), appDomain);
  return [
    ...(tokenTenantId === undefined ? [] : [{ by: 'id', id: tokenTenantId } as const]),
    ...(id === undefined ? [] : [{ by: 'id', id } as const]),
    ...(subdomain === undefined ? [] : [{ by: 'subdomain', subdomain } as const]),
    ...(host === undefined ? [] : [host]),
  ];
};

const given = (text: string | undefined): string | undefined => text?.trim().toLowerCase() || undefined;

/** The installation's own names, bare addresses and `localhost` name no tenant. */
const hostName = (hostname: string | undefined, appDomain: string): TenantName | undefined => {
  if (hostname === undefined || hostname === appDomain || isLocal(hostname)) return undefined;
  if (!hostname.endsWith(`.${appDomain}`)) return { by: 'hostname', hostname };
  const label = hostname.slice(0, -appDomain.length - 1);
  if (isReservedSubdomain(label)) return undefined;
  return label.includes('.') ? { by: 'hostname', hostname } : { by: 'subdomain', subdomain: label };
};

const isLocal = (hostname: string): boolean =>
  !hostname.includes('.') || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
