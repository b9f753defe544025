import type { Chore } from '../../database/housekeeping.ts';
import { sql } from '../../database/sql.ts';

export const authChores: readonly Chore[] = [
  {
    name: 'sessions a month after their end',
    forget: sql`DELETE FROM sessions WHERE expires_at < UTC_TIMESTAMP() - INTERVAL 30 DAY LIMIT 1000`,
  },
  {
    name: 'links of letters a month after their end',
    forget: sql`DELETE FROM account_links WHERE expires_at < UTC_TIMESTAMP() - INTERVAL 30 DAY LIMIT 1000`,
  },
  {
    name: 'accounts that never proved their address, once nothing else is left of them',
    forget: sql`
      DELETE IGNORE users FROM registrations
      JOIN users ON users.tenant_id = registrations.tenant_id AND users.id = registrations.user_id
      WHERE registrations.created_at < UTC_TIMESTAMP() - INTERVAL 60 DAY`,
  },
];
