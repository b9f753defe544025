import { parseArgs } from 'node:util';
import { createDomains } from './composition/domains.ts';
import { createKeyRotation, type RotationProgress } from './database/key-rotation.ts';
import { whileNobodyRotates } from './database/rotation-lock.ts';
import { createInfrastructure } from './infrastructure.ts';
import { ConfigError, loadConfig } from './shared/config/config.ts';
import { MasterKeyError } from './shared/crypto/master-keys.ts';
import { createLogger } from './shared/utils/logger.ts';

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

/** The command cannot be carried out; the message says why. */
class CommandError extends Error {}

const readOptions = () => {
  try {
    return parseArgs({
      options: {
        tenant: { type: 'string' },
        'wrap-only': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${HELP}`);
  }
};

const LINE_EVERY_MS = 1_000;

/** A line when something is done, and now and then until it is. */
const createProgress = (nameOf: (tenantId: string) => Promise<string>) => {
  let shownAt = 0;
  return async ({ tenantId, what, done, total }: RotationProgress): Promise<void> => {
    const now = performance.now();
    if (done < total && now - shownAt < LINE_EVERY_MS) return;
    shownAt = now;
    process.stderr.write(`  ${await nameOf(tenantId)}: ${done} of ${total} ${what}\n`);
  };
};

const listenForStop = () => {
  let isStopping = false;
  const stop = () => {
    if (!isStopping) process.stderr.write('Stopping after what is under way …\n');
    isStopping = true;
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return () => isStopping;
};

const run = async () => {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const config = loadConfig();
  const infrastructure = createInfrastructure(config, createLogger({ ...config, logLevel: 'silent' }));
  const { tenants, sealed, medicalNotes } = createDomains(infrastructure);
  const isStopping = listenForStop();
  const rotation = createKeyRotation({ ...infrastructure, masterKeys: config.masterKeys, sealed });

  const rotate = async () => {
    const wanted = options.tenant;
    const tenant = wanted && ((await tenants.findBySubdomain(wanted)) ?? (await tenants.findById(wanted)));
    if (wanted !== undefined && !tenant) throw new CommandError(`There is no clinic ${wanted}.`);
    const wrapped = await rotation.wrapAnew(isStopping);
    process.stdout.write(
      `${wrapped} data keys were encrypted anew under the master key "${config.masterKeys[0].id}".\n`,
    );
    if (options['wrap-only']) {
      if (isStopping()) process.exitCode = 1;
      return;
    }
    const report = await rotation.rotate({
      tenantId: tenant ? tenant.id : undefined,
      isStopping,
      onProgress: createProgress(async (id) => (await tenants.findById(id))?.subdomain ?? id),
    });
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

  try {
    if (!(await whileNobodyRotates(config.database, rotate)))
      throw new CommandError('Another rotation of keys is under way.');
  } finally {
    await infrastructure.close();
  }
};

try {
  await run();
} catch (error) {
  const isExplained =
    error instanceof CommandError || error instanceof ConfigError || error instanceof MasterKeyError;
  process.stderr.write(`${isExplained ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
