import { setImmediate as turn } from 'node:timers/promises';
import type { Db } from './db.ts';

/** Finds rows by their ids; `of` is whatever else the question depends on. */
type Read<Found> = (db: Db, ids: readonly string[], of: string) => Promise<ReadonlyMap<string, Found>>;

type Batch<Found> = { readonly ids: Set<string>; readonly found: Promise<ReadonlyMap<string, Found>> };

const MOST_IDS = 64;

/**
 * Finds by id, and lets requests that ask at the same moment share a statement: the way to the database and back costs a process
 * more than a row does. It is sent when all that has come in was looked at, and nobody joins it after that, so that each finds
 * whatever was committed before it asked. A transaction reads alone.
 */
export const gathered = <Found>(read: Read<Found>) => {
  const open = new Map<string, Batch<Found>>();

  const begin = (lane: string, db: Db, of: string): Batch<Found> => {
    const ids = new Set<string>();
    const send = async () => {
      await turn();
      if (open.get(lane) === batch) open.delete(lane);
      return read(db, [...ids], of);
    };
    const batch = { ids, found: send() };
    open.set(lane, batch);
    return batch;
  };

  return async (db: Db, id: string, of = ''): Promise<Found | undefined> => {
    if (db.lane === undefined) return (await read(db, [id], of)).get(id);
    const lane = `${db.lane}:${of}`;
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
