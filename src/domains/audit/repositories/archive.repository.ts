import type { Db } from '../../../database/db.ts';
import { sql } from '../../../database/sql.ts';

/** A file that holds the rows of some batches. */
export type Archive = {
  readonly firstBatch: number;
  readonly lastBatch: number;
  readonly rowCount: number;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: Buffer;
  readonly archivedAt: Date;
};

export const listArchives = (db: Db): Promise<Archive[]> =>
  db.many<Archive>(sql`
    SELECT first_batch AS firstBatch, last_batch AS lastBatch, row_count AS rowCount, file, bytes, sha256,
      archived_at AS archivedAt
    FROM audit_archives WHERE tenant_id = ${db.tenant} ORDER BY first_batch`);
