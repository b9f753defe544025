import { createKeyRotation, type RotationProgress } from '../database/key-rotation.ts';
import { whileNobodyRotates } from '../database/rotation-lock.ts';
import { CommandError, runCommand } from './command.ts';
import { createProgress } from './progress.ts';
import { listenForStop } from './stop.ts';
import { findNamed, withDomains } from './with-domains.ts';

const HELP = `npm run keys:rotate -- [--tenant SUBDOMAIN-OR-ID] [--wrap-only]

Changes the keys under which health data and secrets are encrypted, while the servers run:

1. The data keys of all clinics are encrypted anew under the first master key of MASTER_KEYS. After that, the other
   master keys are needed for nothing but old backups.
2. Each clinic gets a new data key, and everything that it has is encrypted anew: medical information, notes and the words
   to search them by, attachments with their files, second factors, secrets of webhooks.

It can be stopped (Ctrl-C) and started again at any time: it goes on where it was. Exit code 0: all is done; 1: not all.

  --tenant     gives that clinic alone a new data key
  --wrap-only  does the first step alone, which takes seconds
  --help       shows this
`;

void runCommand({
  help: HELP,
  options: { tenant: { type: 'string' }, 'wrap-only': { type: 'boolean', default: false } },
  run: ({ tenant: named, 'wrap-only': wrapOnly }) =>
    withDomains(async (domains, infrastructure) => {
      const { config } = infrastructure;
      const { tenants, sealed, medicalNotes } = domains;
      const isStopping = listenForStop();
      const show = createProgress();
      const rotation = createKeyRotation({ ...infrastructure, masterKeys: config.masterKeys, sealed });

      const onProgress = async ({ tenantId, what, done, total }: RotationProgress) => {
        const name = (await tenants.findById(tenantId))?.subdomain ?? tenantId;
        show(() => `${name}: ${done} of ${total} ${what}`, done >= total);
      };

      const rotate = async () => {
        const tenant = await findNamed(domains, named);
        const wrapped = await rotation.wrapAnew(isStopping);
        process.stdout.write(
          `${wrapped} data keys were encrypted anew under the master key "${config.masterKeys[0].id}".\n`,
        );
        if (wrapOnly) {
          if (isStopping()) process.exitCode = 1;
          return;
        }
        const report = await rotation.rotate({ tenantId: tenant?.id, isStopping, onProgress });
        await medicalNotes.removeFiles(); // The files that were encrypted anew are gone when the command ends.
        if (report.resumed)
          process.stdout.write(`This went on with the rotation of ${report.resumed.toISOString()}.\n`);
        process.stdout.write(
          `${report.tenants} clinics have a new data key; ${report.rows} things were encrypted anew.\n`,
        );
        for (const { tenantId, what, id } of report.broken)
          process.stderr.write(
            `Does not open, or its file is gone, and was left as it is: ${what} ${id} of ${tenantId}\n`,
          );
        if (!report.isFinished) process.stderr.write('Stopped. Run the command again to go on.\n');
        if (!report.isFinished || report.broken.length > 0) process.exitCode = 1;
      };

      if (!(await whileNobodyRotates(config.database, rotate)))
        throw new CommandError('Another rotation of keys is under way.');
    }),
});
