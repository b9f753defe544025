import { runCommand } from '../command-line/command.ts';
import { loadConfig } from '../shared/config/config.ts';
import { planMigrations, planText } from './migration-plan.ts';
import { migrate, migrationStatus } from './migration-runner.ts';
import { listTablesOf, partSchema } from './service-tables.ts';
import { takeOver } from './take-over.ts';

const HELP = `npm run migrate                 bring the database up to date
npm run migrate -- --status     show what has been applied and what is waiting
npm run migrate -- --plan       show each statement that would run, whether others can work meanwhile, and how many rows there are
npm run migrate -- --resume     go on with a migration that stopped half-way
npm run migrate -- --tables     name the tables of the domains that SERVICES names, and change nothing
npm run migrate -- --take-from DATABASE
                                and copy what these domains have in a database on the same server

Where SERVICES leaves out the core, the database is that of a service of its own: it gets the same tables, and then loses the
foreign keys that refer to tables of domains which run elsewhere.
`;

const printStatus = async () => {
  const { database } = loadConfig();
  for (const { name, state, failure } of await migrationStatus(database)) {
    process.stdout.write(`${state.padEnd(10)} ${name}${failure ? `\n           ${failure}` : ''}\n`);
  }
};

const printPlan = async () => {
  const { database } = loadConfig();
  const plan = await planMigrations(database);
  process.stdout.write(plan.length === 0 ? `The database ${database.name} is up to date.\n` : planText(plan));
};

const printTables = async () => {
  const { database, services } = loadConfig();
  process.stdout.write(`${(await listTablesOf(database, services.run)).join('\n')}\n`);
};

const take = async (from: string) => {
  const { database, services } = loadConfig();
  for (const { name, rows } of await takeOver(database, services.run, from))
    process.stdout.write(`taken      ${name}: ${rows} rows\n`);
};

const apply = async (resume: boolean) => {
  const { database, services } = loadConfig();
  const applied = await migrate(database, { resume });
  for (const name of applied) process.stdout.write(`applied    ${name}\n`);
  const dropped = await partSchema(database, services.run);
  for (const { table, name, parent } of dropped)
    process.stdout.write(`dropped    ${name} of ${table}: ${parent} is in another database\n`);
  if (applied.length + dropped.length === 0)
    process.stdout.write(`The database ${database.name} is up to date.\n`);
};

void runCommand({
  help: HELP,
  options: {
    status: { type: 'boolean' },
    plan: { type: 'boolean' },
    resume: { type: 'boolean' },
    tables: { type: 'boolean' },
    'take-from': { type: 'string' },
  },
  run: ({ status = false, plan = false, resume = false, tables = false, 'take-from': from }) => {
    if (status) return printStatus();
    if (tables) return printTables();
    if (plan) return printPlan();
    return apply(resume).then(() => (from === undefined ? undefined : take(from)));
  },
});
