import { createAuditTrail } from '../database/audit.ts';
import { seedDemoClinic } from '../seeds/demo-clinic.ts';
import { loadClinics } from '../seeds/load-clinics.ts';
import { type Config, loadConfig } from '../shared/config/config.ts';
import { systemClock } from '../shared/utils/clock.ts';
import { createLogger } from '../shared/utils/logger.ts';
import { startServer } from '../start-server.ts';
import { CommandError, runCommand } from './command.ts';
import { withDatabase } from './with-database.ts';

const HELP = `npm run seed                          a demo clinic: 8 doctors, 3 locations, 400 patients, half a year back, six weeks ahead
npm run seed -- --seed 7              the same with other chances: the same number gives the same people and visits
npm run seed -- --tenants 10 --doctors 20 --patients 2000 --appointments 100000
                                      clinics for load instead, each with so many doctors, patients and appointments

  --seed N           1 where nothing is said
  --tenants N        clinics named load-<seed>-<number>; the administrator is admin@load-<seed>-<number>.example
  --doctors N        of each clinic (10)
  --patients N       of each clinic (1000)
  --appointments N   of each clinic (10000), from six weeks ahead back into the past
  --force            also where NODE_ENV is staging or production: the passwords are known to everybody
  --help             this text

Clinics that are there are left as they are. Patients and appointments are written in bulk: nobody is told of them by
messages or events. The figures of the demo clinic count them as soon as a server runs; those of clinics for load do not.
`;

const OPTIONS = {
  seed: { type: 'string', default: '1' },
  tenants: { type: 'string' },
  doctors: { type: 'string' },
  patients: { type: 'string' },
  appointments: { type: 'string' },
  force: { type: 'boolean', default: false },
} as const;

type Load = Partial<Record<'tenants' | 'doctors' | 'patients' | 'appointments', string>>;

const number = (name: string, given: string | undefined, otherwise: number, most: number): number => {
  if (given === undefined) return otherwise;
  if (!/^\d{1,10}$/.test(given) || Number(given) > most || (Number(given) === 0 && name !== 'seed'))
    throw new CommandError(`--${name} is a whole number from 1 to ${most}, and not "${given}".`);
  return Number(given);
};

const loadOf = ({ tenants, doctors, patients, appointments }: Load) =>
  [tenants, doctors, patients, appointments].every((each) => each === undefined)
    ? undefined
    : {
        tenants: number('tenants', tenants, 1, 10_000),
        doctors: number('doctors', doctors, 10, 10_000),
        patients: number('patients', patients, 1_000, 10_000_000),
        appointments: number('appointments', appointments, 10_000, 100_000_000),
      };

/** One line that grows on a terminal; elsewhere now and then a line of its own. */
const createProgress = () => {
  let saidAt = systemClock.now().getTime();
  return (what: string, done: number): void => {
    const now = systemClock.now().getTime();
    if (now - saidAt < (process.stderr.isTTY ? 200 : 5_000)) return;
    saidAt = now;
    process.stderr.write(
      `${process.stderr.isTTY ? '\r' : ''}  ${done} ${what} …${process.stderr.isTTY ? '   ' : '\n'}`,
    );
  };
};

/** What people set up is made through the API itself, by a server of its own on a free port; the mass beside it, in bulk. */
const withServer = async (config: Config, work: (baseUrl: string) => Promise<void>) => {
  const quiet = createLogger({ ...config, logLevel: 'error' });
  const everything = Object.fromEntries(
    Object.entries(config.rateLimits).map(([scope, quotas]) => [
      scope,
      Object.fromEntries(Object.keys(quotas).map((name) => [name, { limit: 1_000_000, windowMs: 60_000 }])),
    ]),
  ) as Config['rateLimits'];
  const settings = { ...config, port: 0, signUpEnabled: true, rateLimits: everything };
  const { port, shutdown } = await startServer(settings, quiet);
  try {
    await work(`http://localhost:${port}/api/v1`);
  } finally {
    await shutdown.begin('Everything is made');
  }
};

const seedDemo = async (baseUrl: string, bulk: Parameters<typeof seedDemoClinic>[1]) => {
  const { wasThere, logins } = await seedDemoClinic(baseUrl, bulk);
  process.stdout.write(`${wasThere ? 'The demo clinic is there already.' : 'Made a demo clinic.'}\n`);
  process.stdout.write(`Its tenant is "demo": send X-Tenant-Subdomain: demo. Its logins:\n`);
  for (const { role, email, password } of logins) {
    process.stdout.write(`  ${role.padEnd(13)} ${email.padEnd(26)} ${password}\n`);
  }
};

void runCommand({
  help: HELP,
  options: OPTIONS,
  run: async (options) => {
    const seed = number('seed', options.seed, 1, 4_000_000_000);
    const load = loadOf(options);
    const config = loadConfig();
    const isTrial = config.environment === 'development' || config.environment === 'test';
    if (!isTrial && !options.force) {
      throw new CommandError(
        `The demo clinic has passwords that everybody knows: where NODE_ENV is ${config.environment} it is made with --force only.`,
      );
    }
    await withDatabase(async (database) => {
      const audit = createAuditTrail(systemClock, config.masterKeys);
      const bulk = { database, audit, seed, onProgress: createProgress() };
      await withServer(config, async (baseUrl) => {
        if (!load) {
          await seedDemo(baseUrl, bulk);
          return;
        }
        const onClinic = (subdomain: string, wasThere: boolean) => {
          process.stdout.write(`${subdomain}${wasThere ? ' is there already.' : ''}\n`);
        };
        await loadClinics(baseUrl, { ...bulk, ...load, onClinic });
      });
    }, config);
  },
});
