import type { Chore } from '../../database/housekeeping.ts';
import { sql } from '../../database/sql.ts';

export const notificationChores: readonly Chore[] = [
  {
    name: 'notifications after a year',
    forget: sql`DELETE FROM notifications WHERE created_at < UTC_TIMESTAMP() - INTERVAL 1 YEAR LIMIT 1000`,
  },
  {
    name: 'deliveries half a year after they were done with',
    forget: sql`DELETE FROM notification_deliveries WHERE finished_at < UTC_TIMESTAMP() - INTERVAL 180 DAY LIMIT 1000`,
  },
  {
    name: 'reminders, and the answers to them, a month after the visit',
    forget: sql`DELETE FROM reminders WHERE starts_at < UTC_TIMESTAMP() - INTERVAL 30 DAY LIMIT 1000`,
  },
  {
    name: 'replies by SMS after a month',
    forget: sql`DELETE FROM inbound_sms WHERE received_at < UTC_TIMESTAMP() - INTERVAL 30 DAY LIMIT 1000`,
  },
];
