import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { type Address, textOf } from '../shared/config/addresses.ts';
import { connectionOptions, type Login } from './connection-options.ts';

/** None of several servers takes writes; the message says of each why. */
export class NoPrimary extends Error {}

type Places = Address & { readonly otherAddresses: readonly Address[] };

/** `busy`: it takes writes, but may let them wait, since it gives its data to another node. */
type Standing = { readonly state: 'well' | 'busy' } | { readonly state: 'away'; readonly why: string };

const ANSWERS_WITHIN_MS = 1_000;
const LOOK_EVERY_MS = 1_000;

const VARIABLES = `SHOW GLOBAL VARIABLES WHERE Variable_name IN ('read_only', 'super_read_only', 'wsrep_on')`;
const STATUS = `SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_ready', 'wsrep_local_state_comment')`;

const away = (why: string): Standing => ({ state: 'away', why });

/** A secondary of Group Replication and a replica are read-only; a node of Galera has to belong to the part that has the majority. */
const judge = (of: ReadonlyMap<string, string>): Standing => {
  if (of.get('read_only') === 'ON' || of.get('super_read_only') === 'ON') return away('is read-only');
  if (of.get('wsrep_on') !== 'ON') return { state: 'well' };
  if (of.get('wsrep_ready') !== 'ON') return away('is not ready for its Galera cluster');
  return { state: of.get('wsrep_local_state_comment') === 'Synced' ? 'well' : 'busy' };
};

const askAt = async (place: Address & Login): Promise<Standing> => {
  const options = { ...connectionOptions(place), connectTimeout: ANSWERS_WITHIN_MS };
  const connection = await createConnection(options);
  connection.on('error', () => undefined); // The question under way reports it.
  const timer = setTimeout(() => {
    connection.destroy();
  }, ANSWERS_WITHIN_MS);
  try {
    const of = new Map<string, string>();
    for (const question of [VARIABLES, STATUS]) {
      const [rows] = await connection.query<RowDataPacket[]>(question);
      for (const { Variable_name: name, Value: value } of rows) of.set(name as string, value as string);
    }
    return judge(of);
  } finally {
    clearTimeout(timer);
    connection.destroy();
  }
};

const standingOf = (place: Address & Login): Promise<Standing> =>
  askAt(place).catch((error: unknown) => {
    const { message, code = '' } = error as { message: string; code?: string };
    return away(message || code);
  });

/** The first that is well, as soon as those before it are known not to be; else the first that is busy. */
const search = async (places: readonly Address[], login: Login): Promise<number> => {
  const asked = places.map((place) => standingOf({ ...login, ...place }));
  for (const [i, standing] of asked.entries()) if ((await standing).state === 'well') return i;
  const standings = await Promise.all(asked);
  const busy = standings.findIndex(({ state }) => state === 'busy');
  if (busy >= 0) return busy;
  const reasons = standings.map((standing, i) => {
    const place = places[i];
    return `${place ? textOf(place) : ''} ${standing.state === 'away' ? standing.why : ''}`;
  });
  throw new NoPrimary(`No database takes writes: ${reasons.join('; ')}`);
};

const placesOf = ({ host, port, otherAddresses }: Places): Address[] => [{ host, port }, ...otherAddresses];

/** The same settings, with the address to write to just now. Throws {@link NoPrimary}; one address alone is not asked. */
export const atPrimary = async <Config extends Places & Login>(config: Config): Promise<Config> => {
  const places = placesOf(config);
  if (places.length === 1) return config;
  return { ...config, ...places[await search(places, config)], otherAddresses: [] };
};

/** Knows which of several servers to write to, and when a connection has to be looked at again. */
export type Primary = {
  readonly places: readonly Address[];
  /** Whether there is another to go to. */
  readonly isOneOfSeveral: boolean;
  /** Rises when it is not certain any more: what was opened before has to be prepared again. */
  epoch(): number;
  /** The number of the address to write to; looks for it where that is in doubt. Throws {@link NoPrimary}. */
  find(): Promise<number>;
  /** A connection of that epoch has failed. */
  doubt(epoch: number): void;
  close(): void;
};

/**
 * All processes prefer the same order and come back to the first address that is well, so that they write to one node but for the moments of a
 * change. `moved` is told of each change.
 */
export const createPrimary = (config: Places & Login, moved: (to: Address) => void): Primary => {
  const places = placesOf(config);
  const isOneOfSeveral = places.length > 1;
  let epoch = 0;
  let current: number | undefined = isOneOfSeveral ? undefined : 0;
  let last = 0;
  let searching: Promise<number> | undefined;
  let better: number | undefined;

  const settle = (found: number) => {
    if (found !== current) epoch += 1;
    const place = places[found];
    if (found !== last && place) moved(place);
    [current, last, better] = [found, found, undefined];
    return found;
  };
  const searchOnce = () =>
    (searching ??= search(places, config)
      .then(settle)
      .finally(() => (searching = undefined)));

  /** Who comes back is used when it was seen well twice; a change that nobody noticed by an error is found here. */
  const look = async () => {
    if (current === undefined || searching) return;
    const before = epoch;
    const found = await search(places, config).catch(() => undefined);
    if (found === undefined || before !== epoch) return;
    if (found === current) better = undefined;
    else if (found === better) settle(found);
    else better = found;
  };
  const timer = isOneOfSeveral ? setInterval(() => void look(), LOOK_EVERY_MS).unref() : undefined;

  return {
    places,
    isOneOfSeveral,
    epoch: () => epoch,
    find: () => (current === undefined ? searchOnce() : Promise.resolve(current)),
    doubt: (of) => {
      if (!isOneOfSeveral || of !== epoch || current === undefined) return;
      epoch += 1;
      current = undefined;
    },
    close: () => {
      clearInterval(timer);
    },
  };
};
