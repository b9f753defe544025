import { z } from 'zod';
import { Id } from '../../../shared/types/id.ts';
import { MaintenanceNotice } from '../models/maintenance-notice.ts';

const { message, startsAt, endsAt } = MaintenanceNotice.shape;

export const NoticeParams = z.object({ id: Id });

export const AnnounceMaintenance = z
  .strictObject({ message, startsAt, endsAt })
  .refine((given) => given.startsAt < given.endsAt, { path: ['endsAt'], error: 'must be after startsAt' });
export type AnnounceMaintenance = z.output<typeof AnnounceMaintenance>;
