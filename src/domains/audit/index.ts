import type { AuditTrail } from '../../database/audit.ts';
import { createMarker } from '../../database/audit-row.ts';
import type { Database } from '../../database/db.ts';
import type { Config } from '../../shared/config/config.ts';
import type { Clock } from '../../shared/utils/clock.ts';
import type { RouteGroup } from '../../shared/utils/route.ts';
import { createAuditController } from './controllers/audit.controller.ts';
import { auditRoutes } from './routes/audit.routes.ts';
import { type AuditLogDeps, createAuditLogService } from './services/audit-log.service.ts';
import { type AnchorService, createAnchorService } from './services/anchor.service.ts';
import { type Archiver, createArchiver } from './services/archiver.ts';
import { createSealer } from './services/sealer.ts';
import { createVerifier } from './services/verifier.ts';

export { AnchorError, anchorKeysOf, readAnchor } from './models/anchor.ts';
export type { Fault, Verification } from './models/verification.ts';

export type AuditDeps = {
  database: Database;
  audit: AuditTrail;
  clock: Clock;
  config: Pick<Config, 'masterKeys'>;
  namesOfUsers: AuditLogDeps['namesOfUsers'];
};

type OfficeDeps = Pick<AuditDeps, 'database' | 'clock' | 'config'>;

const createParts = (deps: OfficeDeps) => {
  const parts = { ...deps, marker: createMarker(deps.config.masterKeys) };
  return { sealer: createSealer(parts), verifier: createVerifier(parts) };
};

/** The trail that every domain writes: reading it, chaining it, and proving that it is whole. `sweep` is to be called every few seconds. */
export const createAudit = (deps: AuditDeps): { routes: RouteGroup[]; sweep: () => Promise<void> } => {
  const { sealer, verifier } = createParts(deps);
  const controller = createAuditController(createAuditLogService(deps), verifier);
  return { routes: [auditRoutes(controller)], sweep: sealer.sweep };
};

/** What the operator of the installation does with the trails of all clinics. */
export const createAuditOffice = (deps: OfficeDeps): AnchorService & Archiver => {
  const parts = { ...deps, ...createParts(deps) };
  return { ...createAnchorService(parts), ...createArchiver(parts) };
};
