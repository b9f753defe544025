import { loadConfig } from './shared/config/config.ts';
import { createLogger } from './shared/utils/logger.ts';
import { seedDemoClinic } from './seeds/demo-clinic.ts';
import { startServer } from './start-server.ts';

/** The demo clinic is made through the API itself, by a server of its own on a free port. */
const run = async () => {
  const config = loadConfig();
  const isTrial = config.environment === 'development' || config.environment === 'test';
  if (!isTrial && !process.argv.includes('--force')) {
    throw new Error(
      `The demo clinic has passwords that everybody knows: where NODE_ENV is ${config.environment} it is made with --force only.`,
    );
  }
  const quiet = createLogger({ ...config, logLevel: 'error' });
  const { port, shutdown } = await startServer({ ...config, port: 0, signUpEnabled: true }, quiet);
  try {
    const { wasThere, logins } = await seedDemoClinic(`http://localhost:${port}/api/v1`);
    process.stdout.write(`${wasThere ? 'The demo clinic is there already.' : 'Made a demo clinic.'}\n`);
    process.stdout.write(`Its tenant is "demo": send X-Tenant-Subdomain: demo. Its logins:\n`);
    for (const { role, email, password } of logins) {
      process.stdout.write(`  ${role.padEnd(13)} ${email.padEnd(26)} ${password}\n`);
    }
  } finally {
    await shutdown.begin('The demo clinic is made');
  }
};

try {
  await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
