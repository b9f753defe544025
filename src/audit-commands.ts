import { createDatabase, type Database } from './database/db.ts';
import { createAnswerSeal } from './database/idempotency.ts';
import { createPool } from './database/pool.ts';
import {
  AnchorError,
  ArchiveDamaged,
  ArchiveError,
  type createAuditOffice,
  type Fault,
} from './domains/audit/index.ts';
import { Id } from './shared/types/id.ts';
import { ConfigError, loadConfig, type Config } from './shared/config/config.ts';
import { bin, sql } from './database/sql.ts';

/** What the command was given cannot be used; the message says why. */
export class CommandError extends Error {}

type Office = ReturnType<typeof createAuditOffice>;

/** Opens the database for a command, and closes it when `work` has ended. */
export const withDatabase = async (
  work: (database: Database, config: Config) => Promise<void>,
): Promise<void> => {
  const config = loadConfig();
  const database = createDatabase(createPool(config.database), createAnswerSeal(config.jwt.refreshSecret));
  try {
    await work(database, config);
  } finally {
    await database.close();
  }
};

/** The one tenant that is named by id or subdomain, or all. */
export const tenantsNamed = async (
  { system }: Database,
  office: Office,
  named: string | undefined,
): Promise<readonly string[]> => {
  if (named === undefined) return office.tenants();
  if (Id.safeParse(named).success) return [named];
  const found = await system.one<{ id: string }>(sql`
    SELECT tenant_id AS id FROM tenants WHERE subdomain = ${named}`);
  if (!found) throw new CommandError(`There is no clinic "${named}". Name one by its id or its subdomain.`);
  return [found.id];
};

/** How a tenant is called in what a command prints. */
export const nameOf = async ({ system }: Database, tenantId: string): Promise<string> => {
  const found = await system.one<{ subdomain: string }>(sql`
    SELECT subdomain FROM tenants WHERE tenant_id = ${bin(tenantId)}`);
  return found ? `${found.subdomain} (${tenantId})` : tenantId;
};

/** The line about a trail, or a file of it, that is not as it was. */
export const brokenLine = (name: string, { batch, kind, detail }: Fault): string =>
  `BROKEN  ${name}: batch ${batch}: ${kind}. ${detail}\n`;

/** Runs a command. Exit code 2: it could not be run. */
export const runCommand = async (run: () => Promise<void>): Promise<void> => {
  try {
    await run();
  } catch (error) {
    const isExplained =
      error instanceof CommandError ||
      error instanceof AnchorError ||
      error instanceof ArchiveDamaged ||
      error instanceof ArchiveError ||
      error instanceof ConfigError;
    process.stderr.write(`${isExplained ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
};
