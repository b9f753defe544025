import { createConnection, type ResultSetHeader } from 'mysql2/promise';
import { connectionOptions } from './connection-options.ts';
import { type DatabaseConfig, SESSION_SETTINGS } from './pool.ts';
import { atPrimary } from './primary.ts';
import { bin } from './sql.ts';
import { listTenantTables, quoted } from './tenant-tables.ts';

const BATCH = 1_000;

/**
 * Deletes every row of a tenant in every table, in batches, its own row last: what was stopped half-way is found again. The
 * order does not matter, since nothing is left that could refer to anything; so foreign keys are not asked. Of several who do it at
 * once, one has erased it, and for the others it is gone.
 */
export const eraseTenant = async (
  config: DatabaseConfig,
  tenantId: string,
  isStopping: () => boolean = () => false,
): Promise<'stopped' | 'erased' | 'gone'> => {
  const connection = await createConnection({
    ...connectionOptions(await atPrimary(config)),
    database: config.name,
  });
  connection.on('error', () => undefined); // The statement under way reports it.
  try {
    await connection.query(SESSION_SETTINGS);
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    await connection.query('SET SESSION foreign_key_checks = 0');
    const tables = (await listTenantTables(connection)).map(({ name }) => name);
    const others = tables.filter((name) => name !== 'tenants');
    // Twice, for what was derived from rows of one table behind the back of the first round.
    let deleted = 0;
    for (const table of [...others, ...others, 'tenants']) {
      deleted = BATCH;
      while (deleted === BATCH) {
        if (isStopping()) return 'stopped';
        const [result] = await connection.query<ResultSetHeader>(
          `DELETE FROM ${quoted(table)} WHERE tenant_id = ? LIMIT ${BATCH}`,
          [bin(tenantId)],
        );
        deleted = result.affectedRows;
      }
    }
    return deleted > 0 ? 'erased' : 'gone';
  } finally {
    await connection.end().catch(() => undefined);
  }
};
