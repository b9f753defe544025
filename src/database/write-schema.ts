import { createConnection } from 'mysql2/promise';
import { type Config, loadConfig } from '../shared/config/config.ts';
import { writeOrCheck } from '../shared/utils/generated-file.ts';
import { createDatabase } from './db.ts';
import { describeSchema } from './describe-schema.ts';
import { createAnswerSeal } from './idempotency.ts';
import { readMigrationNotes } from './migration-notes.ts';
import { migrate } from './migration-runner.ts';
import { connectionOptions } from './connection-options.ts';
import { createPool } from './pool.ts';

/** A database of its own, so that what is described is what the migrations make, and nobody's data is touched. */
const inScratchDatabase = async (
  config: Config['database'],
  work: () => Promise<string>,
): Promise<string> => {
  const connection = await createConnection(connectionOptions(config));
  try {
    await connection.query(`CREATE DATABASE \`${config.name}\``);
    try {
      return await work();
    } finally {
      await connection.query(`DROP DATABASE \`${config.name}\``);
    }
  } finally {
    await connection.end();
  }
};

const describe = (config: Config['database']) =>
  inScratchDatabase(config, async () => {
    await migrate(config);
    const database = createDatabase(createPool(config), createAnswerSeal('unused'));
    try {
      return await describeSchema(database.system, await readMigrationNotes());
    } finally {
      await database.close();
    }
  });

/** `npm run docs:database` writes docs/database/README.md; with `-- --check` it only says whether that is up to date. */
try {
  const text = await describe({ ...loadConfig().database, name: `doctor_docs_${process.pid}` });
  const complaint = writeOrCheck(
    'docs/database/README.md',
    text,
    'npm run docs:database',
    process.argv.slice(2),
  );
  if (complaint !== undefined) throw new Error(complaint);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
