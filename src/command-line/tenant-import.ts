import { eraseTenant } from '../database/erase-tenant.ts';
import { importTenant } from '../database/tenant-copy/import-tenant.ts';
import { Subdomain } from '../domains/tenants/index.ts';
import { loadConfig } from '../shared/config/config.ts';
import { CommandError, misused, runCommand } from './command.ts';
import { noteCopy } from './note-copy.ts';
import { tableProgress } from './progress.ts';

const HELP = `npm run tenant:import -- FILE [--subdomain NAME]

Brings a clinic from a file of npm run tenant:export, all of it or nothing. It keeps its id where that is free, else it gets
a new one. --subdomain gives it another subdomain. Everybody logs in anew; custom domains have to be verified again.
`;

void runCommand({
  help: HELP,
  options: { subdomain: { type: 'string' } },
  takesFile: true,
  run: async ({ subdomain }, file) => {
    if (file === undefined) throw misused('Name one file.', { help: HELP });
    const checked = Subdomain.optional().safeParse(subdomain);
    if (!checked.success)
      throw new CommandError(`The subdomain ${checked.error.issues[0]?.message ?? 'cannot be used'}.`);
    const config = loadConfig();
    const { database, masterKeys } = config;
    const imported = await importTenant(database, file, { masterKeys, subdomain, onProgress: tableProgress });
    try {
      await noteCopy(config, 'imported', imported);
    } catch (error) {
      await eraseTenant(database, imported.id);
      throw error;
    }
    const { name, id, rows } = imported;
    process.stdout.write(`${name}: ${rows} rows. Its id is ${id}, its subdomain ${imported.subdomain}.\n`);
  },
});
