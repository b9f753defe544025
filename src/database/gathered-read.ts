import { setImmediate as turn } from 'node:timers/promises';
import type { Db } from './db.ts';

/** Finds rows by their ids; `of` is whatever else the question depends on. */
type Read<Found, Handle extends Db> = (
  db: Handle,
  ids: readonly string[],
  of: string,
) => Promise<ReadonlyMap<string, Found>>;

type Batch<Found> = { readonly ids: Set<string>; readonly found: Promise<ReadonlyMap<string, Found>> };

const MOST_IDS = 64;

/** Once all that can go on has gone on; the queue of a transaction waits for that as well. */
const tick = () =>
  new Promise<void>((resolve) => {
    process.nextTick(resolve);
  });

/**
 * Finds by id, and lets those who ask at the same moment share a statement: the way to the database and back costs a process
 * more than a row does. Outside transactions it is sent when all requests that have come in were looked at. Nobody joins it after that,
 * so that each finds whatever was committed before it asked. What is asked in a transaction shares with nothing outside of it.
 */
export const gathered = <Found, Handle extends Db = Db>(read: Read<Found, Handle>) => {
  const open = new Map<string, Batch<Found>>();

  const begin = (lane: string, db: Handle, of: string): Batch<Found> => {
    const ids = new Set<string>();
    const send = async () => {
      await (db.lane.isTransaction ? tick() : turn());
      if (open.get(lane) === batch) open.delete(lane);
      return read(db, [...ids], of);
    };
    const batch = { ids, found: send() };
    open.set(lane, batch);
    return batch;
  };

  return async (db: Handle, id: string, of = ''): Promise<Found | undefined> => {
    const lane = `${db.lane.name}:${of}`;
    const current = open.get(lane);
    const batch = current && current.ids.size < MOST_IDS ? current : begin(lane, db, of);
    batch.ids.add(id);
    return (await batch.found).get(id);
  };
};

const ONLY = 'only';

/** The same for a question that has one answer for a tenant. */
export const gatheredAnswer = <Answer>(read: (db: Db) => Promise<Answer>) => {
  const gather = gathered(async (db) => new Map([[ONLY, await read(db)]]));
  return async (db: Db): Promise<Answer> => (await gather(db, ONLY)) as Answer;
};
