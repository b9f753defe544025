import { runCommand } from '../command-line/command.ts';
import { loadConfig } from '../shared/config/config.ts';
import { planMigrations, planText } from './migration-plan.ts';
import { migrate, migrationStatus } from './migration-runner.ts';

const HELP = `npm run migrate                 bring the database up to date
npm run migrate -- --status     show what has been applied and what is waiting
npm run migrate -- --plan       show each statement that would run, whether others can work meanwhile, and how many rows there are
npm run migrate -- --resume     go on with a migration that stopped half-way
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

const apply = async (resume: boolean) => {
  const { database } = loadConfig();
  const applied = await migrate(database, { resume });
  for (const name of applied) process.stdout.write(`applied    ${name}\n`);
  if (applied.length === 0) process.stdout.write(`The database ${database.name} is up to date.\n`);
};

await runCommand({
  help: HELP,
  options: { status: { type: 'boolean' }, plan: { type: 'boolean' }, resume: { type: 'boolean' } },
  run: ({ status = false, plan = false, resume = false }) => {
    if (status) return printStatus();
    return plan ? printPlan() : apply(resume);
  },
});
