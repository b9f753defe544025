import { createDatabase, type Database } from '../database/db.ts';
import { createAnswerSeal } from '../database/idempotency.ts';
import { createPool } from '../database/pool.ts';
import { type Config, loadConfig } from '../shared/config/config.ts';

/** Opens the database for a program, and closes it when `work` has ended. */
export const withDatabase = async <T>(
  work: (database: Database, config: Config) => Promise<T>,
  config: Config = loadConfig(),
): Promise<T> => {
  const database = createDatabase(createPool(config.database), createAnswerSeal(config.jwt.refreshSecret));
  try {
    return await work(database, config);
  } finally {
    await database.close();
  }
};
