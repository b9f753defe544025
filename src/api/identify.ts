import type { Request, Response } from 'express';
import type { AuthPort, Identity } from '../domains/auth/index.ts';
import type { Tenant, TenantsPort } from '../domains/tenants/index.ts';
import { opens } from '../shared/config/permissions.ts';
import type { Ctx, RequestCtx } from '../shared/types/context.ts';
import { PLATFORM } from '../shared/types/id.ts';
import { AppError, commonProblems } from '../shared/utils/errors.ts';
import { plainAddress } from '../shared/utils/address.ts';
import { type Access, asksForSetUp, permissionOf } from '../shared/utils/route.ts';
import type { Identify } from './endpoint.ts';
import { type TenantName, tenantNames } from './tenant-names.ts';

type Deps = {
  tenants: Pick<TenantsPort, 'findById' | 'findBySubdomain' | 'findByHostname'>;
  auth: Pick<AuthPort, 'authenticate'>;
  appDomain: string;
};

const MAX_ADDRESS_CHARACTERS = 45;
const MAX_USER_AGENT_CHARACTERS = 255;
const MAX_TOKEN_CHARACTERS = 4096;

/**
 * Makes the context of a request: who calls, and for which tenant. 400 `tenant_required`, 401 for a missing or bad token,
 * 403 `tenant_mismatch`, `tenant_suspended` or `forbidden`, 404 `tenant_not_found`.
 */
export const createIdentify = ({ tenants, auth, appDomain }: Deps): Identify => {
  const findNamed = (name: TenantName): Promise<Tenant | undefined> => {
    if (name.by === 'id') return tenants.findById(name.id);
    return name.by === 'subdomain'
      ? tenants.findBySubdomain(name.subdomain)
      : tenants.findByHostname(name.hostname);
  };

  const names = async (name: TenantName, tenant: Tenant): Promise<boolean> => {
    if (name.by === 'id') return name.id === tenant.id;
    if (name.by === 'subdomain') return name.subdomain === tenant.subdomain;
    const owner = await tenants.findByHostname(name.hostname);
    return owner === undefined || owner.id === tenant.id;
  };

  /** The first name finds the tenant; the others need only be compared with it. */
  const agreedTenant = async ([first, ...others]: readonly TenantName[]): Promise<Tenant> => {
    const tenant = first && (await findNamed(first));
    if (!tenant) {
      const namesNobody = !first || first.by === 'hostname';
      throw new AppError(namesNobody ? commonProblems.tenant_required : commonProblems.tenant_not_found);
    }
    for (const name of others) {
      if (!(await names(name, tenant))) throw new AppError(commonProblems.tenant_mismatch);
    }
    if (tenant.status !== 'active') throw new AppError(commonProblems.tenant_suspended);
    return tenant;
  };

  /** The platform is no clinic: what everybody may ask of one, nobody asks of it. */
  const agreedClinic = async (names: readonly TenantName[]): Promise<Tenant> => {
    const tenant = await agreedTenant(names);
    if (tenant.id === PLATFORM) throw new AppError(commonProblems.tenant_required);
    return tenant;
  };

  /** Whoever names no tenant means the platform, whose users are the operators. */
  const agreedTenantOrPlatform = async (names: readonly TenantName[]): Promise<string> => {
    try {
      return (await agreedTenant(names)).id;
    } catch (error) {
      if (error instanceof AppError && error.problem === commonProblems.tenant_required) return PLATFORM;
      throw error;
    }
  };

  const namesIn = (req: Request, identity: Identity | undefined) =>
    tenantNames({
      tokenTenantId: identity?.tenantId,
      tenantIdHeader: req.get('X-Tenant-ID'),
      subdomainHeader: req.get('X-Tenant-Subdomain'),
      hostname: req.hostname,
      appDomain,
    });

  const authenticated = async (req: Request): Promise<Identity> => {
    const token = bearerToken(req);
    if (token === undefined) throw new AppError(commonProblems.unauthenticated);
    return auth.authenticate(token);
  };

  /** Where no token is asked for, one that is not good says nothing. */
  const authenticatedIfSo = async (req: Request): Promise<Identity | undefined> => {
    try {
      return await authenticated(req);
    } catch (error) {
      if (error instanceof AppError && error.problem.status === 401) return undefined;
      throw error;
    }
  };

  return async (req, res, access) => {
    const ctx = requestContext(req, res);
    if (access === 'open') return ctx;
    if (access === 'tenant' || access === 'tenant-or-platform') {
      const names = namesIn(req, await authenticatedIfSo(req));
      const tenantId =
        access === 'tenant' ? (await agreedClinic(names)).id : await agreedTenantOrPlatform(names);
      return { ...ctx, tenantId };
    }
    const identity = await authenticated(req);
    await agreedTenant(namesIn(req, identity));
    demandSetUp(identity, access);
    demandPermission(identity, access);
    return { ...ctx, ...identity } satisfies Ctx;
  };
};

/** What is known of a request before its caller is. */
export const requestContext = (req: Request, res: Response): RequestCtx => ({
  requestId: res.locals['requestId'] as string,
  address: plainAddress(req.ip).slice(0, MAX_ADDRESS_CHARACTERS),
  userAgent: (req.get('User-Agent') ?? '').slice(0, MAX_USER_AGENT_CHARACTERS),
});

/** RFC 6750, section 2.1. */
const bearerToken = (req: Request): string | undefined => {
  const header = req.get('Authorization');
  if (header === undefined || header.length > MAX_TOKEN_CHARACTERS) return undefined;
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(header)?.[1];
};

const demandSetUp = ({ lacks }: Identity, access: Access): void => {
  if (lacks !== undefined && asksForSetUp(access)) throw new AppError(commonProblems[lacks]);
};

const demandPermission = ({ permissions, apiKeyId }: Identity, access: Access): void => {
  const permission = permissionOf({ access });
  if (permission !== undefined && !opens(permissions, permission))
    throw new AppError(commonProblems.forbidden);
  if (apiKeyId !== undefined && (access === 'user' || access === 'account'))
    throw new AppError(commonProblems.forbidden, 'An API key has no account: only people may do this.');
};
