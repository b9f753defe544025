import { parseArgs } from 'node:util';
import { ConfigError, loadConfig } from '../shared/config/config.ts';
import { migrate, MigrationError, migrationStatus } from './migration-runner.ts';

const HELP = `npm run migrate                 bring the database up to date
npm run migrate -- --status     show what has been applied and what is waiting
npm run migrate -- --resume     go on with a migration that stopped half-way
`;

const readOptions = () => {
  try {
    return parseArgs({
      options: { status: { type: 'boolean' }, resume: { type: 'boolean' }, help: { type: 'boolean' } },
    }).values;
  } catch (error) {
    throw new MigrationError(`${(error as Error).message}\n\n${HELP}`);
  }
};

const printStatus = async () => {
  const { database } = loadConfig();
  for (const { name, state, failure } of await migrationStatus(database)) {
    process.stdout.write(`${state.padEnd(10)} ${name}${failure ? `\n           ${failure}` : ''}\n`);
  }
};

const run = async (resume: boolean) => {
  const { database } = loadConfig();
  const applied = await migrate(database, { resume });
  for (const name of applied) process.stdout.write(`applied    ${name}\n`);
  if (applied.length === 0) process.stdout.write(`The database ${database.name} is up to date.\n`);
};

try {
  const options = readOptions();
  if (options.help) process.stdout.write(HELP);
  else await (options.status ? printStatus() : run(options.resume ?? false));
} catch (error) {
  const isExplained = error instanceof MigrationError || error instanceof ConfigError;
  process.stderr.write(`${isExplained ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
