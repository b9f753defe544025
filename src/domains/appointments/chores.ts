import type { Chore } from '../../database/housekeeping.ts';
import { sql } from '../../database/sql.ts';

/** Expired holds block nobody; this only clears away what nobody has come across since. */
export const appointmentChores: readonly Chore[] = [
  {
    name: 'holds a day after they expired',
    forget: sql`DELETE FROM holds WHERE expires_at < UTC_TIMESTAMP() - INTERVAL 1 DAY LIMIT 1000`,
  },
  {
    name: 'claims of holds a day after they expired',
    forget: sql`DELETE FROM calendar_claims WHERE expires_at < UTC_TIMESTAMP() - INTERVAL 1 DAY LIMIT 1000`,
  },
];
