import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { exportTenant } from '../database/tenant-copy/export-tenant.ts';
import { loadConfig } from '../shared/config/config.ts';
import { systemClock } from '../shared/utils/clock.ts';
import { CommandError, misused, runCommand } from './command.ts';
import { noteCopy } from './note-copy.ts';
import { tableProgress } from './progress.ts';

const HELP = `npm run tenant:export -- --tenant SUBDOMAIN-OR-ID --out FILE [--force]

Writes everything that a clinic has to FILE (compressed), as it is at one moment, while the server runs. --force replaces
a file that is there. Logins under way, API keys and calendar addresses are not in it. What is encrypted stays so: who
imports the file needs the same master key. Keep the file as you keep the database.
`;

void runCommand({
  help: HELP,
  options: { tenant: { type: 'string' }, out: { type: 'string' }, force: { type: 'boolean' } },
  run: async ({ tenant, out, force = false }) => {
    if (tenant === undefined || out === undefined)
      throw misused('Name the clinic and the file.', { help: HELP });
    if (existsSync(out) && !force)
      throw new CommandError(`${out} is there already. Replace it with --force.`);
    const config = loadConfig();
    const copied = await exportTenant(config.database, tenant, out, {
      now: systemClock.now(),
      onProgress: tableProgress,
    });
    try {
      // Nothing leaves without a trace: where it cannot be written down, there is no export.
      await noteCopy(config, 'exported', copied);
    } catch (error) {
      await rm(out, { force: true });
      throw error;
    }
    process.stdout.write(`${copied.name}: ${copied.rows} rows are in ${out}\n`);
  },
});
