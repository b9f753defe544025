import { parseArgs } from 'node:util';
import { TenantCopyError } from './database/tenant-copy/format.ts';
import { importTenant } from './database/tenant-copy/import-tenant.ts';
import { Subdomain } from './domains/tenants/index.ts';
import { ConfigError, loadConfig } from './shared/config/config.ts';
import { MasterKeyError } from './shared/crypto/master-keys.ts';

const HELP = `npm run tenant:import -- FILE [--subdomain NAME]

Brings a clinic from a file of npm run tenant:export, all of it or nothing. It keeps its id where that is free, else it gets
a new one. --subdomain gives it another subdomain. Everybody logs in anew; custom domains have to be verified again.
`;

const readOptions = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { subdomain: { type: 'string' }, help: { type: 'boolean' } },
    });
  } catch (error) {
    throw new TenantCopyError(`${(error as Error).message}\n\n${HELP}`);
  }
};

const run = async () => {
  const { values, positionals } = readOptions();
  const { subdomain, help } = values;
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new TenantCopyError(`Name one file.\n\n${HELP}`);
  const checked = Subdomain.optional().safeParse(subdomain);
  if (!checked.success)
    throw new TenantCopyError(`The subdomain ${checked.error.issues[0]?.message ?? 'cannot be used'}.`);
  const { database, masterKeys } = loadConfig();
  const imported = await importTenant(database, file, {
    masterKeys,
    subdomain,
    onProgress: (table, count) => {
      process.stderr.write(`  ${table.padEnd(28)} ${count}\n`);
    },
  });
  const { name, id, rows } = imported;
  process.stdout.write(`${name}: ${rows} rows. Its id is ${id}, its subdomain ${imported.subdomain}.\n`);
};

try {
  await run();
} catch (error) {
  const isExplained =
    error instanceof TenantCopyError || error instanceof ConfigError || error instanceof MasterKeyError;
  process.stderr.write(`${isExplained ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
