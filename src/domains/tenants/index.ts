import type { z } from 'zod';
import type { AuditTrail } from '../../database/audit.ts';
import type { Database } from '../../database/db.ts';
import type { Outbox } from '../../database/outbox.ts';
import type { Config } from '../../shared/config/config.ts';
import type { Metrics } from '../../shared/metrics/metrics.ts';
import type { Broadcast } from '../../shared/utils/broadcast.ts';
import type { Clock } from '../../shared/utils/clock.ts';
import type { LogControl } from '../../shared/utils/log-control.ts';
import type { RouteGroup } from '../../shared/utils/route.ts';
import { createDomainController } from './controllers/domain.controller.ts';
import { createLoggingController } from './controllers/logging.controller.ts';
import { createPlatformController } from './controllers/platform.controller.ts';
import { createTenantController } from './controllers/tenant.controller.ts';
import { domainRoutes } from './routes/domain.routes.ts';
import { loggingRoutes } from './routes/logging.routes.ts';
import { createMaintenanceController } from './controllers/maintenance.controller.ts';
import { maintenanceRoutes } from './routes/maintenance.routes.ts';
import { platformRoutes } from './routes/platform.routes.ts';
import { signUpRoutes } from './routes/sign-up.routes.ts';
import { tenantRoutes } from './routes/tenant.routes.ts';
import { createDomainService } from './services/domain.service.ts';
import { createLoggingService } from './services/logging.service.ts';
import { createMaintenance, type Maintenance } from './services/maintenance.service.ts';
import { createPlatformService } from './services/platform.service.ts';
import type { AccountsPort } from './services/sign-up.service.ts';
import { createTenantDeletion, type TenantDeletion } from './services/tenant-deletion.ts';
import {
  createTenantDirectory,
  type TenantsPort,
  tenantSource,
} from './services/tenant-directory.service.ts';
import { createTenantService } from './services/tenant.service.ts';
import { createTxtLookup } from './services/txt-lookup.ts';

export type { BookingSettings } from './models/booking-settings.ts';
export { Owner } from './validators/tenant.ts';
export { isReservedSubdomain, Subdomain } from './models/subdomain.ts';
export { Tenant } from './models/tenant.ts';
export { tenantEvents } from './events.ts';
export { tenantProblems } from './problems.ts';
export type { AccountsPort } from './services/sign-up.service.ts';
export {
  createTenantDirectory,
  tenantChanges,
  type TenantsPort,
} from './services/tenant-directory.service.ts';

export type TenantsDeps = {
  database: Database;
  audit: AuditTrail;
  outbox: Outbox;
  broadcast: Broadcast;
  clock: Clock;
  logControl: LogControl;
  metrics: Pick<Metrics, 'cache'>;
  config: Pick<Config, 'database' | 'signUpEnabled' | 'appDomain' | 'dnsServers' | 'tenantDeletionDays'>;
  forgetElsewhere: (tenantId: string) => Promise<void>;
};

/** Clinics, their names and their booking rules. The routes want the accounts, which are made with the port. */
export const createTenants = (
  deps: TenantsDeps,
): {
  port: TenantsPort;
  deletion: TenantDeletion;
  /** To be called now and then: tells the clinics that are still to be told of maintenance. */
  sweepMaintenance: Maintenance['sweep'];
  routes<User extends z.ZodType, Tokens extends z.ZodType>(
    accounts: AccountsPort<User, Tokens>,
  ): RouteGroup[];
} => {
  const directory = createTenantDirectory({ ...deps, source: tenantSource(deps) });
  const parts = { ...deps, directory, lookUpTxt: createTxtLookup(deps.config.dnsServers) };
  const maintenance = createMaintenance(deps);
  const controller = createTenantController(createTenantService(parts));
  return {
    port: directory,
    deletion: createTenantDeletion(parts),
    sweepMaintenance: maintenance.sweep,
    routes: (accounts) => [
      signUpRoutes(parts, accounts),
      tenantRoutes(controller),
      domainRoutes(createDomainController(createDomainService(parts))),
      platformRoutes(createPlatformController(createPlatformService(parts))),
      loggingRoutes(createLoggingController(createLoggingService(parts))),
      ...maintenanceRoutes(createMaintenanceController(maintenance)),
    ],
  };
};
