import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { exportTenant } from './database/tenant-copy/export-tenant.ts';
import { TenantCopyError } from './database/tenant-copy/format.ts';
import { ConfigError, loadConfig } from './shared/config/config.ts';
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
  const { database } = loadConfig();
  const { name, rows } = await exportTenant(database, tenant, out, {
    now: systemClock.now(),
    onProgress: (table, count) => {
      process.stderr.write(`  ${table.padEnd(28)} ${count}\n`);
    },
  });
  process.stdout.write(`${name}: ${rows} rows are in ${out}\n`);
};

try {
  await run();
} catch (error) {
  const isExplained = error instanceof TenantCopyError || error instanceof ConfigError;
  process.stderr.write(`${isExplained ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
