import { parseArgs } from 'node:util';
import { createDomains } from './composition/domains.ts';
import type { RebuildProgress } from './domains/analytics/index.ts';
import { createInfrastructure } from './infrastructure.ts';
import { ConfigError, loadConfig } from './shared/config/config.ts';
import { createLogger } from './shared/utils/logger.ts';

const HELP = `npm run analytics:rebuild                                  every clinic
npm run analytics:rebuild -- --tenant SUBDOMAIN-OR-ID      one clinic

Makes the figures of clinics anew from their events, while servers run: figures stay readable, and what happens meanwhile
is counted as well. What is stopped half-way goes on where it was, by the next call or by any running server.
`;

/** What the command was given cannot be used; the message says why. */
class CommandError extends Error {}

const readOptions = () => {
  try {
    return parseArgs({ options: { tenant: { type: 'string' }, help: { type: 'boolean' } } }).values;
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${HELP}`);
  }
};

const wordsOf = (progress: RebuildProgress): string => {
  if (progress.stage === 'collecting') return `${progress.events} events looked at`;
  if (progress.stage === 'subjects') return `${progress.left} appointments, entries and doctors to go`;
  return progress.stage === 'dates' ? `dates up to ${progress.done} are done` : 'done';
};

const run = async () => {
  const { tenant: named, help } = readOptions();
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const config = loadConfig();
  const infrastructure = createInfrastructure(config, createLogger({ ...config, logLevel: 'warn' }));
  try {
    const { tenants, core, analytics } = createDomains(infrastructure);
    const one =
      named === undefined
        ? undefined
        : ((await tenants.findBySubdomain(named)) ?? (await tenants.findById(named)));
    if (named !== undefined && !one) throw new CommandError(`There is no clinic "${named}".`);
    const ids = one ? [one.id] : await core.tenantsWithEvents();
    for (const [at, id] of ids.entries()) {
      const place = `[${at + 1}/${ids.length}] ${(await tenants.findById(id))?.subdomain ?? id}`;
      await analytics.rebuild(id, (progress) => {
        process.stderr.write(`${place}: ${wordsOf(progress)}\n`);
      });
    }
    process.stdout.write(
      ids.length === 1
        ? 'The figures of 1 clinic are anew.\n'
        : `The figures of ${ids.length} clinics are anew.\n`,
    );
  } finally {
    await infrastructure.close();
  }
};

try {
  await run();
} catch (error) {
  const isExplained = error instanceof CommandError || error instanceof ConfigError;
  process.stderr.write(`${isExplained ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
