import type { Chore } from '../../database/housekeeping.ts';
import { sql } from '../../database/sql.ts';

export const webhookChores: readonly Chore[] = [
  {
    name: 'deliveries 30 days after they ended, with their attempts',
    forget: sql`DELETE FROM webhook_deliveries WHERE completed_at < UTC_TIMESTAMP() - INTERVAL 30 DAY LIMIT 1000`,
  },
];
