import { createAnswerSeal } from '../idempotency.ts';
import { createDatabase, type Database } from '../db.ts';
import { createPool, type BoundedPool } from '../pool.ts';
import { bin, sql, type Sql } from '../sql.ts';
import { createScratchDatabase } from './scratch-database.ts';
import type { DatabaseConfig } from '../pool.ts';

export type Table = {
  readonly database: Database;
  readonly config: DatabaseConfig;
  /** A second database handle on the same table, such as one whose connections misbehave. */
  readonly through: (pool: BoundedPool) => Database;
  remove(): Promise<void>;
};

/** A table of its own in a database of its own, reached as the product reaches its tables. */
export const createTable = async (columns: Sql, settings: Partial<DatabaseConfig> = {}): Promise<Table> => {
  const scratch = await createScratchDatabase();
  const config = { ...scratch.config, ...settings };
  const through = (pool: BoundedPool) => createDatabase(pool, createAnswerSeal('test'));
  const database = through(createPool(config));
  await database.system.run(sql`CREATE TABLE things (tenant_id BINARY(16) NOT NULL, ${columns})`);
  return {
    database,
    config,
    through,
    remove: async () => {
      await database.close();
      await scratch.drop();
    },
  };
};

/** Two counters of one tenant, both at zero. */
export const addCounters = async ({ database }: Table, tenantId: string): Promise<void> => {
  await database.transaction({ tenantId }, (tx) =>
    tx.run(sql`INSERT INTO things (tenant_id, id, n) VALUES (${bin(tenantId)}, 1, 0), (${tx.tenant}, 2, 0)`),
  );
};
export const counterColumns = sql`id INT NOT NULL, n INT NOT NULL, PRIMARY KEY (tenant_id, id)`;
