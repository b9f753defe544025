import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createAuditTrail } from './database/audit.ts';
import { createDatabase } from './database/db.ts';
import { createAnswerSeal } from './database/idempotency.ts';
import { createPool } from './database/pool.ts';
import { exportTenant } from './database/tenant-copy/export-tenant.ts';
import { TenantCopyError } from './database/tenant-copy/format.ts';
import { type Config, ConfigError, loadConfig } from './shared/config/config.ts';
import { newId } from './shared/types/id.ts';
import { systemClock } from './shared/utils/clock.ts';

const HELP = `npm run tenant:export -- --tenant SUBDOMAIN-OR-ID --out FILE [--force]

Writes everything that a clinic has to FILE (compressed), as it is at one moment, while the server runs. --force replaces
a file that is there. Logins under way, API keys and calendar addresses are not in it. What is encrypted stays so: who
imports the file needs the same master key. Keep the file as you keep the database.
`;

const readOptions = () => {
  try {
    const { values } = parseArgs({
      options: {
        tenant: { type: 'string' },
        out: { type: 'string' },
        force: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    throw new TenantCopyError(`${(error as Error).message}\n\n${HELP}`);
  }
};

/** Nothing leaves without a trace: where it cannot be written down, there is no export. */
const noteExport = async (config: Config, tenantId: string, rows: number) => {
  const database = createDatabase(createPool(config.database), createAnswerSeal(config.jwt.refreshSecret));
  const ctx = { requestId: newId(), address: '', userAgent: 'npm run tenant:export' };
  const entry = {
    action: 'tenant.exported',
    resourceType: 'tenant',
    resourceId: tenantId,
    changes: { rows },
  };
  try {
    await database.transaction({ tenantId }, (tx) =>
      createAuditTrail(systemClock, config.masterKeys).record(tx, ctx, entry),
    );
  } finally {
    await database.close();
  }
};

const run = async () => {
  const { tenant, out, force = false, help } = readOptions();
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  if (tenant === undefined || out === undefined)
    throw new TenantCopyError(`Name the clinic and the file.\n\n${HELP}`);
  if (existsSync(out) && !force)
    throw new TenantCopyError(`${out} is there already. Replace it with --force.`);
  const config = loadConfig();
  const { id, name, rows } = await exportTenant(config.database, tenant, out, {
    now: systemClock.now(),
    onProgress: (table, count) => {
      process.stderr.write(`  ${table.padEnd(28)} ${count}\n`);
    },
  });
  try {
    await noteExport(config, id, rows);
  } catch (error) {
    await rm(out, { force: true });
    throw error;
  }
  process.stdout.write(`${name}: ${rows} rows are in ${out}\n`);
};

try {
  await run();
} catch (error) {
  const isExplained = error instanceof TenantCopyError || error instanceof ConfigError;
  process.stderr.write(`${isExplained ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
