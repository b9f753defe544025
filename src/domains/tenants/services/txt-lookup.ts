import { Resolver } from 'node:dns/promises';
import { unavailable } from '../../../database/failures.ts';

/** The TXT records of a name; none where the name does not exist. 503 `unavailable` where nobody can tell. */
export type TxtLookup = (name: string) => Promise<string[]>;

const NOTHING_THERE = new Set(['ENOTFOUND', 'ENODATA']);
const TIMEOUT_MS = 2_000;
const TRIES = 2;

/** Asks `servers`, or those of the machine, each time anew: who has just published a record should not wait for a cache of ours. */
export const createTxtLookup =
  (servers: readonly string[] | undefined): TxtLookup =>
  async (name) => {
    const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
    if (servers) resolver.setServers(servers);
    try {
      // One record may come in several strings, which belong together (RFC 7208, section 3.3).
      return (await resolver.resolveTxt(name)).map((strings) => strings.join(''));
    } catch (error) {
      if (NOTHING_THERE.has((error as NodeJS.ErrnoException).code ?? '')) return [];
      throw unavailable(error);
    }
  };
