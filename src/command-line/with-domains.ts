import { createDomains, type Domains } from '../composition/domains.ts';
import { createInfrastructure, type Infrastructure } from '../infrastructure.ts';
import { loadConfig } from '../shared/config/config.ts';
import { createLogger } from '../shared/utils/logger.ts';
import { CommandError } from './command.ts';

/** Makes the domains for a program, and lets go of everything when `work` has ended. */
export const withDomains = async <T>(
  work: (domains: Domains, infrastructure: Infrastructure) => Promise<T>,
  { logLevel = 'silent' }: { logLevel?: 'silent' | 'warn' } = {},
): Promise<T> => {
  const config = loadConfig();
  const infrastructure = createInfrastructure(config, createLogger({ ...config, logLevel }));
  try {
    return await work(createDomains(infrastructure), infrastructure);
  } finally {
    await infrastructure.close();
  }
};

/** The one clinic that is named by its subdomain or its id; `undefined` where none is named. */
export const findNamed = async ({ tenants }: Domains, named: string | undefined) => {
  if (named === undefined) return undefined;
  const found = (await tenants.findBySubdomain(named)) ?? (await tenants.findById(named));
  if (!found) throw new CommandError(`There is no clinic "${named}". Name one by its subdomain or its id.`);
  return found;
};
