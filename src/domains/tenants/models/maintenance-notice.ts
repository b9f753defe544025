import { z } from 'zod';
import { text } from '../../../shared/types/fields.ts';
import { Id } from '../../../shared/types/id.ts';
import { Instant } from '../../../shared/types/instant.ts';

/** What the operators of the installation tell everybody of: when it will not be there, or not as usual. */
export const MaintenanceNotice = z
  .object({
    id: Id,
    message: text(500).meta({
      example: 'The database moves. Appointments cannot be booked for ten minutes.',
    }),
    startsAt: Instant.meta({ example: '2027-03-27T21:00:00.000Z' }),
    endsAt: Instant.meta({ example: '2027-03-27T21:10:00.000Z' }),
    withdrawnAt: Instant.nullable(),
    createdAt: Instant,
  })
  .meta({ id: 'MaintenanceNotice' });
export type MaintenanceNotice = z.output<typeof MaintenanceNotice>;

/** What each clinic is told of it. */
export const maintenanceEvent = (notice: MaintenanceNotice) =>
  ({
    type: notice.withdrawnAt === null ? 'maintenance.announced' : 'maintenance.withdrawn',
    payload: {
      noticeId: notice.id,
      message: notice.message,
      startsAt: notice.startsAt.toISOString(),
      endsAt: notice.endsAt.toISOString(),
    },
  }) as const;
