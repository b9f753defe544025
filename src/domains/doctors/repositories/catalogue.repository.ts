import type { Db, Tx } from '../../../database/db.ts';

/** What every entry of a clinic's catalogue carries. */
export type CatalogueEntry = {
  readonly id: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
/** The SQL of one kind of entry. Lists are in the order of creation, after the id `after`, one row more than `limit`. */
export type CatalogueRepository<Entry, Query> = {
  find(db: Db, id: string): Promise<Entry | undefined>;
  /** Locked, so that the version that is compared is the version that is replaced. */
  findToChange(tx: Tx, id: string): Promise<Entry | undefined>;
  list(
    db: Db,
    query: Query & { after: string | undefined; publicOnly: boolean; now: Date },
  ): Promise<Entry[]>;
  insert(tx: Tx, entry: Entry): Promise<unknown>;
  update(tx: Tx, entry: Entry): Promise<unknown>;
  remove(tx: Tx, id: string, at: Date): Promise<unknown>;
};
