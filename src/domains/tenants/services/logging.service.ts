import type { AuditTrail } from '../../../database/audit.ts';
import type { Database } from '../../../database/db.ts';
import type { Ctx } from '../../../shared/types/context.ts';
import { PLATFORM } from '../../../shared/types/id.ts';
import { MINUTE_MS } from '../../../shared/time/units.ts';
import type { Clock } from '../../../shared/utils/clock.ts';
import { AppError, commonProblems } from '../../../shared/utils/errors.ts';
import type { LogControl } from '../../../shared/utils/log-control.ts';
import type { Logging } from '../models/logging.ts';
import type { ChangeLogging } from '../validators/logging.ts';
import type { TenantDirectory } from './tenant-directory.service.ts';

export type LoggingServiceDeps = {
  database: Database;
  audit: AuditTrail;
  clock: Clock;
  logControl: LogControl;
  directory: Pick<TenantDirectory, 'findById'>;
};
export type LoggingService = ReturnType<typeof createLoggingService>;

/** Lets operators look closer for a while, at all or at single clinics. */
export const createLoggingService = ({
  database,
  audit,
  clock,
  logControl,
  directory,
}: LoggingServiceDeps) => {
  const get = (): Logging => {
    const { configuredLevel } = logControl;
    const held = logControl.current();
    return {
      configuredLevel,
      level: held?.level ?? configuredLevel,
      tenantIds: held?.tenantIds ?? [],
      until: held ? new Date(held.until) : null,
    };
  };

  const record = (ctx: Ctx, changes: Readonly<Record<string, unknown>>) =>
    database.transaction({ tenantId: PLATFORM }, (tx) =>
      audit.record(tx, ctx, {
        action: 'logging.changed',
        resourceType: 'platform',
        resourceId: PLATFORM,
        changes,
      }),
    );

  return {
    get,

    /** 404 `tenant_not_found` for a clinic that there is not; 503 while the processes cannot be told. */
    change: async (ctx: Ctx, { level, tenantIds, minutes }: ChangeLogging): Promise<Logging> => {
      for (const id of tenantIds) {
        if (id === PLATFORM || !(await directory.findById(id)))
          throw new AppError(commonProblems.tenant_not_found);
      }
      const until = new Date(clock.now().getTime() + minutes * MINUTE_MS).toISOString();
      await record(ctx, { level: level ?? null, tenantIds, until });
      await logControl.change({ level: level ?? null, tenantIds, until });
      return get();
    },

    reset: async (ctx: Ctx): Promise<void> => {
      await record(ctx, { level: null, tenantIds: [] });
      await logControl.change(undefined);
    },
  };
};
