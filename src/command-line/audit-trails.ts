import type { Database } from '../database/db.ts';
import { bin, sql } from '../database/sql.ts';
import type { createAuditOffice, Fault } from '../domains/audit/index.ts';
import { Id } from '../shared/types/id.ts';
import { CommandError } from './command.ts';

/** The exit code of programs that tell by 1 that a trail is not whole. */
export const COULD_NOT_TELL = 2;

type Office = ReturnType<typeof createAuditOffice>;

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
