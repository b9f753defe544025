import { parseArgs } from 'node:util';
import { ConfigError, loadConfig } from '../shared/config/config.ts';
import { migrate, MigrationError, migrationStatus } from './migration-runner.ts';
import { listTablesOf, partSchema, SchemaError } from './service-tables.ts';

const HELP = `npm run migrate                 bring the database up to date
npm run migrate -- --status     show what has been applied and what is waiting
npm run migrate -- --resume     go on with a migration that stopped half-way
npm run migrate -- --tables     name the tables of the domains that SERVICES names, and change nothing

Where SERVICES leaves out the core, the database is that of a service of its own: it gets the same tables, and then loses the
foreign keys that refer to tables of domains which run elsewhere.
`;

const readOptions = () => {
  try {
    return parseArgs({
      options: {
        status: { type: 'boolean' },
        resume: { type: 'boolean' },
        tables: { type: 'boolean' },
        help: { type: 'boolean' },
      },
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

const printTables = async () => {
  const { database, services } = loadConfig();
  process.stdout.write(`${(await listTablesOf(database, services.run)).join('\n')}\n`);
};

const run = async (resume: boolean) => {
  const { database, services } = loadConfig();
  const applied = await migrate(database, { resume });
  for (const name of applied) process.stdout.write(`applied    ${name}\n`);
  const dropped = await partSchema(database, services.run);
  for (const { table, name, parent } of dropped)
    process.stdout.write(`dropped    ${name} of ${table}: ${parent} is in another database\n`);
  if (applied.length + dropped.length === 0)
    process.stdout.write(`The database ${database.name} is up to date.\n`);
};

try {
  const options = readOptions();
  if (options.help) process.stdout.write(HELP);
  else if (options.tables) await printTables();
  else await (options.status ? printStatus() : run(options.resume ?? false));
} catch (error) {
  const isExplained =
    error instanceof MigrationError || error instanceof ConfigError || error instanceof SchemaError;
  process.stderr.write(`${isExplained ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
