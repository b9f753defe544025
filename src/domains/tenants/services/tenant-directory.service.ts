import { z } from 'zod';
import type { Database } from '../../../database/db.ts';
import type { Metrics } from '../../../shared/metrics/metrics.ts';
import { Id } from '../../../shared/types/id.ts';
import type { Broadcast, Channel } from '../../../shared/utils/broadcast.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import { createShortMemory } from '../../../shared/utils/short-memory.ts';
import type { BookingSettings } from '../models/booking-settings.ts';
import { isHostname, isReservedSubdomain, isSubdomain } from '../models/subdomain.ts';
import { settingsOf, type Tenant } from '../models/tenant.ts';
import {
  findTenant,
  findTenantIdByHostname,
  findTenantIdBySubdomain,
} from '../repositories/tenant.repository.ts';
import { demandPlace } from './plan-limits.ts';

/** What other parts may ask of tenants. Answers may be a few seconds old where a change was made in another process. */
export type TenantsPort = {
  /** Any text may be asked for; what is no id names nobody. */
  findById(tenantId: string): Promise<Tenant | undefined>;
  findBySubdomain(subdomain: string): Promise<Tenant | undefined>;
  /** The tenant whose verified domain `hostname` is, in lower case. */
  findByHostname(hostname: string): Promise<Tenant | undefined>;
  /** 409 `plan_limit_reached` where the plan has no place for one more; see {@link demandPlace}. */
  readonly demandPlace: typeof demandPlace;
  /** Every booking rule of the tenant; 404 `tenant_not_found`. */
  settings(tenantId: string): Promise<BookingSettings>;
};

export type TenantDirectory = TenantsPort & {
  /** To be called after the commit of a change: this process forgets what it knew at once, the others when the promise resolves. */
  hasChanged(tenant: { tenantId: string; subdomain: string }): Promise<void>;
  /** The same for a hostname, which has another owner now, or none. */
  namesHaveChanged(names: { hostname: string }): Promise<void>;
};

const REMEMBERED_MS = 5_000;
const REMEMBERED_TENANTS = 20_000;

/** Says to every process that something about a tenant has changed. */
export const tenantChanges: Channel<{ tenantId: string; subdomain: string }> = {
  name: 'tenants:changed',
  message: z.object({ tenantId: Id, subdomain: z.string() }),
};

const hostnameChanges: Channel<{ hostname: string }> = {
  name: 'tenants:hostname-changed',
  message: z.object({ hostname: z.string() }),
};

/** Where tenants are looked up that nobody remembers: in the database, or at the process that has it. */
export type TenantSource = {
  find(tenantId: string): Promise<Tenant | undefined>;
  idOfSubdomain(subdomain: string): Promise<string | undefined>;
  idOfHostname(hostname: string): Promise<string | undefined>;
};

export const tenantSource = ({ database }: { database: Database }): TenantSource => ({
  find: (tenantId) => findTenant(database.read(tenantId)),
  idOfSubdomain: (subdomain) => findTenantIdBySubdomain(database.system, subdomain),
  idOfHostname: (hostname) => findTenantIdByHostname(database.system, hostname),
});

type Deps = { source: TenantSource; broadcast: Broadcast; clock: Clock; metrics: Pick<Metrics, 'cache'> };

/** Finds tenants by the names that requests give them, from memory where it can. */
export const createTenantDirectory = ({ source, broadcast, clock, metrics }: Deps): TenantDirectory => {
  const options = { clock, forMs: REMEMBERED_MS, max: REMEMBERED_TENANTS };
  const tenants = createShortMemory<Tenant | undefined>({ ...options, counts: metrics.cache('tenants') });
  const idsByName = createShortMemory<string | undefined>({
    ...options,
    counts: metrics.cache('tenant_names'),
  });

  const forget = (tenant: { tenantId: string; subdomain: string }) => {
    tenants.forget(tenant.tenantId);
    idsByName.forget(`subdomain:${tenant.subdomain}`);
  };
  broadcast.listen(tenantChanges, forget);
  const forgetHostname = ({ hostname }: { hostname: string }) => {
    idsByName.forget(`hostname:${hostname}`);
  };
  broadcast.listen(hostnameChanges, forgetHostname);

  const findById = async (tenantId: string) =>
    Id.safeParse(tenantId).success ? tenants.get(tenantId, () => source.find(tenantId)) : undefined;

  const findByName = async (name: string, ask: () => Promise<string | undefined>) => {
    const tenantId = await idsByName.get(name, ask);
    return tenantId === undefined ? undefined : findById(tenantId);
  };

  return {
    findById,
    findBySubdomain: async (subdomain) =>
      isSubdomain(subdomain) && !isReservedSubdomain(subdomain)
        ? findByName(`subdomain:${subdomain}`, () => source.idOfSubdomain(subdomain))
        : undefined,
    findByHostname: async (hostname) =>
      isHostname(hostname)
        ? findByName(`hostname:${hostname}`, () => source.idOfHostname(hostname))
        : undefined,
    demandPlace,
    settings: async (tenantId) => {
      const tenant = await findById(tenantId);
      if (!tenant) throw new AppError(commonProblems.tenant_not_found);
      return settingsOf(tenant);
    },
    hasChanged: async (tenant) => {
      forget(tenant);
      await broadcast.send(tenantChanges, tenant);
    },
    namesHaveChanged: async (names) => {
      forgetHostname(names);
      await broadcast.send(hostnameChanges, names);
    },
  };
};
